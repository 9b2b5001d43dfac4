import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import type { SubmissionState } from '../../src/model/submission-state.ts';
import { serializeState } from '../../src/state/state-schema.ts';
import { createStateText } from '../../src/state/state-text.ts';

const fileFor = (text: string): { readonly uri: string } => ({ uri: `https://example.test/${text}` });
const record: fc.Arbitrary<BatchRecord> = fc.oneof(
  fc.constant<BatchRecord>({ status: 'pending', attempt: 1 }),
  fc.string().map((detail): BatchRecord => ({
    status: 'failed',
    attempt: 1,
    step: 'input',
    reason: 'not_json',
    detail,
    failedAt: 'now',
  })),
  fc.string().map((text): BatchRecord => ({
    status: 'submitted',
    attempt: 2,
    file: fileFor(text),
    job: { name: `batches/${text}` },
    jobState: 'running',
    duplicates: [],
  })),
);
const numbers = fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 999_999_999 }));

test('createStateText() writes each state as if it were the first, whatever changed before', () => {
  const step = fc.array(fc.tuple(numbers, record), { maxLength: 5 });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 12 }),
      fc.option(fc.nat(), { nil: undefined }),
      (steps, listLagMs) => {
        const text = createStateText();
        const batches = new Map<number, BatchRecord>();
        for (const changes of steps) {
          for (const [batch, changed] of changes) batches.set(batch, changed);
          const state: SubmissionState = {
            stateId: 'abcdefgh',
            createdAt: '2026-01-01T00:00:00.000Z',
            lastRun: undefined,
            listLagMs,
            batches: new Map(batches),
          };
          const written = Buffer.concat(text.of(state)).toString();
          expect(written).toBe(serializeState(state));
          // The form that JSON.stringify gives it, with numbers in their order.
          expect(written).toBe(`${JSON.stringify(JSON.parse(written), undefined, 2)}\n`);
          expect(JSON.parse(written)).toMatchObject({
            last_completed_batch: Math.max(0, ...having(batches, 'submitted')),
            failed_batches: having(batches, 'failed'),
            total_submitted: having(batches, 'submitted').length,
            batches: JSON.parse(JSON.stringify(Object.fromEntries(batches))) as object,
          });
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('createStateText() writes out anew only the neighbours of what changed', () => {
  const text = createStateText();
  const batches = new Map<number, BatchRecord>();
  for (let batch = 1; batch <= 1000; batch += 1) batches.set(batch, { status: 'pending', attempt: 1 });
  const state = { stateId: 'abcdefgh', createdAt: '', lastRun: undefined };
  const before = new Set(text.of({ ...state, batches: new Map(batches) }));
  batches.set(500, { status: 'pending', attempt: 2 });
  const after = text.of({ ...state, batches: new Map(batches) });
  const isLarge = (piece: Uint8Array): boolean => piece.length > 1000;
  expect(after.filter((piece) => isLarge(piece) && !before.has(piece))).toHaveLength(1);
  expect(after.filter((piece) => isLarge(piece))).toHaveLength(8);
});

function having(batches: ReadonlyMap<number, BatchRecord>, status: BatchRecord['status']): number[] {
  const all = [...batches].filter(([, one]) => one.status === status).map(([batch]) => batch);
  return all.sort((a, b) => a - b);
}
