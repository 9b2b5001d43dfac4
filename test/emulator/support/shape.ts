import type { Body } from './api-client.ts';

/**
 * Reduces a body to its shape: member names, and for each value the pattern it follows. Two bodies of
 * the same kind have equal shapes whatever ids, times and counts they hold.
 */
export function shapeOf(value: Body): Body {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([name, member]) => [name, shapeOf(member)]),
    );
  }
  if (typeof value !== 'string') return value === true ? 'true' : typeof value;
  return PATTERNS.find(([pattern]) => pattern.test(value))?.[1] ?? 'text';
}

/** The members of `observed` that `ours` lacks or shows in another pattern, as paths. */
export function missingFrom(ours: Body, observed: Body, path: string = ''): readonly string[] {
  if (typeof observed !== 'object' || observed === null)
    return ours === observed ? [] : [`${path}: ${ours} is not ${observed}`];
  if (typeof ours !== 'object' || ours === null) return [`${path}: missing`];
  return Object.entries(observed).flatMap(([name, member]) =>
    missingFrom(ours[name], member, `${path}/${name}`),
  );
}

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/u, 'time with 6 digits'],
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/u, 'time with 9 digits'],
  [/^\d+$/u, 'digits'],
  [/^batches\/[a-z0-9]{36}$/u, 'batch name'],
  [/^files\/batch-[a-z0-9]{36}$/u, 'result file name'],
  [/^files\/[a-z0-9]{12}$/u, 'file name'],
  [/^models\/[a-z0-9.-]+$/u, 'model name'],
  [/^https?:\/\/[^/]+\/v1beta\/files\/[a-z0-9]{12}$/u, 'file uri'],
  [/^type\.googleapis\.com\/[\w.]+$/u, 'type url'],
  [/^(?:BATCH_STATE_)?[A-Z_]+$/u, 'enum'],
  [/^[A-Za-z0-9+/]{86}==$/u, 'base64 of 64 bytes'],
];
