import { expect, test } from 'vitest';
import { parseFaults, readFaultRule } from '../../src/emulator/index.ts';

test('statuses, kinds, chances, ordinals and endpoints are read', () => {
  expect(parseFaults('429:0.2, 503:0.05,drop:0.01,')).toEqual({
    ok: true,
    rules: [
      { endpoint: 'batches.create', kind: 'rate_limit', probability: 0.2 },
      { endpoint: '*', kind: 'status', status: 503, phase: 'either', probability: 0.05 },
      { endpoint: '*', kind: 'drop', phase: 'either', probability: 0.01 },
    ],
  });
  expect(parseFaults('batches.create/drop#3,404,mime_rejected:1')).toEqual({
    ok: true,
    rules: [
      { endpoint: 'batches.create', kind: 'drop', phase: 'either', at: 3 },
      { endpoint: '*', kind: 'status', status: 404 },
      { endpoint: 'upload.bytes', kind: 'mime_rejected', probability: 1 },
    ],
  });
  expect(parseFaults('')).toEqual({ ok: true, rules: [] });
});

test.for([
  ['429:lots', 'the chance "lots" is not a number from 0 to 1'],
  ['429:2', 'the chance "2" is not a number from 0 to 1'],
  ['200:0.1', '"200" is neither an HTTP error status'],
  ['explode:0.1', '"explode" is neither an HTTP error status (400 to 599) nor one of status, rate_limit'],
  ['nowhere/drop', 'The endpoint "nowhere" is not known'],
  ['drop#0', 'ordinals start at 1'],
  ['drop drop', 'expected [endpoint/]kind[:chance][#ordinal]'],
] as const)('%s is refused with a reason', ([text, reason]) => {
  const parsed = parseFaults(text);
  expect(parsed.ok).toBe(false);
  expect(parsed.ok ? '' : parsed.error).toContain(`Cannot read the fault "${text}"`);
  expect(parsed.ok ? '' : parsed.error).toContain(reason);
});

test.for([
  [undefined, 'must be a JSON object'],
  [{ endpoint: 'x', kind: 'drop' }, 'endpoint "x"'],
  [{ kind: 'x' }, 'kind "x"'],
  [{ kind: 'drop', at: 'first' }, '"at" must be a non-negative number'],
  [{ kind: 'drop', phase: 'during' }, 'phase "during"'],
] as const)('the rule %o is refused', ([value, reason]) => {
  expect(readFaultRule(value)).toContain(reason);
});
