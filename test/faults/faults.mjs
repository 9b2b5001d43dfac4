import { setTimeout as delay } from 'node:timers/promises';

/**
 * What a fault can do beside what an exchange offers.
 * @typedef {object} Hands
 * @property {(signal?: NodeJS.Signals) => Promise<void>} kill ends the process under test and waits for its end
 * @property {(signal: NodeJS.Signals) => void} signal
 * @property {() => Promise<void>} gone resolves when the process under test has ended
 * @property {string} elsewhere the URL of another origin, which must see nothing
 */

const JSON_TYPE = { 'content-type': 'application/json; charset=UTF-8' };
const UNAVAILABLE = JSON.stringify({
  error: { code: 503, message: 'The model is overloaded. Please try again later.', status: 'UNAVAILABLE' },
});
const EXHAUSTED = JSON.stringify({
  error: {
    code: 429,
    message:
      'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.',
    status: 'RESOURCE_EXHAUSTED',
  },
});
const PAGE = '<!doctype html><html><head><title>Sign in</title></head><body>Sign in to go on.</body></html>';

/** How long the service sits on a request before the process is killed; the client's own deadline is minutes. */
const HANG_MS = 300;
/** After the connection was cut, well before the settle time of 900 ms is over. */
const LATE_MS = 400;
/** So late that a slow listing shows the job only when the settle time is over. */
const AT_THE_END_MS = 700;
/** After both settle times and the second attempt: only the fence stands between this and a second job. */
const TOO_LATE_MS = 3000;

/**
 * Every fault by name: a function that gets its hands and gives the steps described in `proxy.mjs`.
 * @type {Record<string, (hands: Hands) => object>}
 */
export const FAULTS = {
  'kill on request': ({ kill }) => ({ before: (exchange) => kill().then(() => exchange.cut()) }),
  'kill after effect': ({ kill }) => ({ after: (exchange) => kill().then(() => exchange.cut()) }),
  'kill after reply': ({ kill }) => ({ replied: () => kill() }),
  'kill 5 ms after reply': ({ kill }) => ({ replied: () => delay(5).then(() => kill()) }),
  'reset before effect': () => ({ before: (exchange) => exchange.cut() }),
  'reset after effect': () => ({ after: (exchange) => exchange.cut() }),
  '503 before effect': () => ({ before: (exchange) => exchange.answer(503, JSON_TYPE, UNAVAILABLE) }),
  '503 after effect': () => ({ after: (exchange) => exchange.answer(503, JSON_TYPE, UNAVAILABLE) }),
  429: () => ({ before: (exchange) => exchange.answer(429, JSON_TYPE, EXHAUSTED) }),
  'HTML 200 after effect': () => ({
    after: (exchange) => exchange.answer(200, { 'content-type': 'text/html; charset=utf-8' }, PAGE),
  }),
  'truncated JSON after effect': () => ({ after: truncate }),
  hang: ({ kill }) => ({
    before: async (exchange) => {
      await delay(HANG_MS);
      await kill();
      return exchange.cut();
    },
  }),
  'redirect to another origin': ({ elsewhere }) => ({
    before: (exchange) => exchange.answer(307, { location: `${elsewhere}${exchange.path}` }, ''),
  }),
  'delayed commit': () => ({ before: (exchange) => exchange.commitLater(LATE_MS) }),
  'commit at the end of the settle time': () => ({
    before: (exchange) => exchange.commitLater(AT_THE_END_MS),
  }),
  'commit after the settle time': () => ({ before: (exchange) => exchange.commitLater(TOO_LATE_MS) }),
  'kill and delayed commit': ({ kill }) => ({
    before: (exchange) => kill().then(() => exchange.commitLater(LATE_MS)),
  }),
};

/** The answer ends early and cleanly, as behind a proxy that broke off; an empty one gets the start of a body. */
function truncate(exchange) {
  const { status, headers, body } = exchange.reply;
  const {
    'content-length': _length,
    'x-goog-upload-url': _url,
    'x-goog-upload-status': _status,
    ...rest
  } = headers;
  const half = body.length === 0 ? '{"file": {"na' : body.subarray(0, Math.ceil(body.length / 2));
  return exchange.answer(status, rest, half);
}

/** True for faults that end the process, so that a second run is needed. */
export function endsTheProcess(name) {
  return name.startsWith('kill') || name === 'hang';
}
