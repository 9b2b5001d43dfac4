import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  displayNameFor,
  fileNameFor,
  LONGEST_FILE_ID,
  paddedBatch,
  readFileMark,
  readMark,
} from '../../src/model/names.ts';
import type { InputFacts } from '../../src/model/batch-record.ts';
import { input } from './records.ts';

const parts = fc.record({
  stateId: fc.stringMatching(/^[a-z0-9]{8}$/),
  batch: fc.integer({ min: 1, max: 999_999_999 }),
  attempt: fc.integer({ min: 1, max: 999 }),
});
const facts: fc.Arbitrary<InputFacts> = fc.record({
  path: fc.constant('b1.jsonl'),
  sizeBytes: fc.nat(),
  lines: fc.nat(),
  sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
});

describe('fileNameFor()', () => {
  test('reads well', () => {
    const name = fileNameFor(
      { stateId: 'k3v9q2ma', batch: 81, attempt: 1 },
      { ...input, sha256: '9f86d081884c7d65' },
    );
    expect(name).toBe('files/bs1-k3v9q2ma-00081-9f86d081884c-a1');
  });

  test('is legal for every batch number and 999 attempts', () => {
    fc.assert(
      fc.property(parts, facts, (some, content) => {
        const id = fileNameFor(some, content).slice('files/'.length);
        expect(id.length).toBeLessThanOrEqual(LONGEST_FILE_ID);
        expect(id).toMatch(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/);
      }),
      { numRuns: 2000, examples: [[{ stateId: 'zzzzzzzz', batch: 999_999_999, attempt: 999 }, input]] },
    );
  });

  test('differs whenever state, batch, content or attempt differ', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const isSame = a.stateId === b.stateId && a.batch === b.batch && a.attempt === b.attempt;
        expect(fileNameFor(a, input) === fileNameFor(b, input)).toBe(isSame);
      }),
    );
  });
});

describe('readFileMark()', () => {
  test('reads back what fileNameFor() wrote', () => {
    fc.assert(
      fc.property(parts, facts, (some, content) => {
        expect(readFileMark(fileNameFor(some, content))).toEqual(some);
      }),
    );
  });

  test.for([
    'files/bs1-k3v9q2ma',
    'files/bs1-k3v9q2ma-00081-9f86d081884c-a1-and-more',
    'files/batch-k3v9q2ma0000000000000000000000000000',
    'files/bs2-k3v9q2ma-00081-9f86d081884c-a1',
    'files/abs1-k3v9q2ma-00081-9f86d081884c-a1',
    'bs1-k3v9q2ma-00081-9f86d081884c-a1',
    'files/bs1-K3V9Q2MA-00081-9f86d081884c-a1',
  ])('%j is not one of ours', (name) => {
    expect(readFileMark(name)).toBeUndefined();
  });
});

describe('displayNameFor()', () => {
  const some = { stateId: 'k3v9q2ma', batch: 81, attempt: 2 };
  const mark = `bs1/k3v9q2ma/81/${input.sha256.slice(0, 16)}/a2`;

  test.for([
    [undefined, mark],
    ['', mark],
    ['refinement_batch_{batch}', `refinement_batch_081 [${mark}]`],
    ['{batch} of {batch}', `081 of 081 [${mark}]`],
    ["$& $1 $'", `$& $1 $' [${mark}]`],
  ] as const)('%j', ([template, name]) => {
    expect(displayNameFor(some, input, template)).toBe(name);
  });
});

describe('readMark()', () => {
  test('reads back what displayNameFor() wrote, whatever the template', () => {
    const template = fc.option(fc.string({ unit: 'grapheme', maxLength: 60 }), { nil: undefined });
    fc.assert(
      fc.property(parts, facts, template, (some, content, before) => {
        expect(readMark(displayNameFor(some, content, before))).toEqual({
          ...some,
          content: content.sha256.slice(0, 16),
        });
      }),
      { numRuns: 2000 },
    );
  });

  test.for([
    '',
    'refinement_batch_081',
    'bs1/k3v9q2ma/81/9f86d081884c7d65',
    'bs1/k3v9q2ma/81/9f86d081884c7d65/a1x',
    'xbs1/k3v9q2ma/81/9f86d081884c7d65/a1',
    'bs2/k3v9q2ma/81/9f86d081884c7d65/a1',
    'bs1/K3V9Q2MA/81/9f86d081884c7d65/a1',
    'bs1/k3v9q2ma/eighty/9f86d081884c7d65/a1',
    'bs1/k3v9q2ma/81/9f86/a1',
  ])('%j is not one of ours', (name) => {
    expect(readMark(name)).toBeUndefined();
  });

  // The template stands first, so a template that quotes another job's mark must not win.
  test('the mark at the end counts, not one in the template before it', () => {
    const some = { stateId: 'k3v9q2ma', batch: 81, attempt: 2 };
    const template = 'again [bs1/aaaaaaaa/7/0123456789abcdef/a1]';
    expect(readMark(displayNameFor(some, input, template))).toMatchObject(some);
  });
});

test('paddedBatch() has three digits at least', () => {
  expect([1, 81, 204, 1000].map(paddedBatch)).toEqual(['001', '081', '204', '1000']);
});
