const ok = (value) => ({ ok: true, value });
const failure = (kind, reason, extra) => ({
  ok: false,
  failure: { kind, reason, message: reason, ...extra },
});

/** The answers a call can get, in the words of the port. */
export const answers = {
  ok,
  rateLimited: (retryAfterMs) =>
    failure('rate_limited', 'RESOURCE_EXHAUSTED', {
      httpStatus: 429,
      retryAfterMs,
      retryAfterSource: retryAfterMs === undefined ? undefined : 'retry_info',
    }),
  unavailable: (reason) => failure('unavailable', reason),
  notSent: () => failure('not_sent', 'ECONNREFUSED'),
  notFound: () => failure('not_found', 'NOT_FOUND', { httpStatus: 404 }),
  refused: (reason) => failure('refused', reason, { httpStatus: 400 }),
  keyRefused: () => failure('key_refused', 'UNAUTHENTICATED', { httpStatus: 401 }),
  unknown: (reason) => failure('unknown_outcome', reason),
};

/** What may happen to a call that can be repeated, and whether it takes effect all the same. */
const REPEATABLE_FAULTS = [
  { takesEffect: false, answer: () => answers.notSent() },
  { takesEffect: false, answer: () => answers.unavailable('503 before the effect') },
  { takesEffect: false, answer: () => answers.unavailable('reset before the effect') },
  { takesEffect: true, answer: () => answers.unavailable('503 after the effect') },
  { takesEffect: true, answer: () => answers.unavailable('reset after the effect') },
  { takesEffect: true, answer: () => answers.unavailable('HTML under a 200') },
];

/** @returns a fault, or undefined for a call that goes well */
export function drawFault(world, life) {
  if (!world.chance(life.faultRate)) return undefined;
  if (world.chance(0.02)) return { takesEffect: false, answer: () => answers.keyRefused() };
  if (world.chance(0.15)) {
    const retryAfterMs = world.chance(0.3) ? world.int(1, 8000) : undefined;
    world.count('429s');
    return { takesEffect: false, answer: () => answers.rateLimited(retryAfterMs) };
  }
  return world.pick(REPEATABLE_FAULTS);
}
