import * as fc from 'fast-check';
import { FRESH_RECORD, type BatchRecord } from '../../src/model/batch-record.ts';
import type { BatchEvent } from '../../src/model/batch-event.ts';
import { transition } from '../../src/model/transition.ts';
import type { SubmissionState } from '../../src/model/submission-state.ts';

const hex = fc.string({
  unit: fc.constantFrom(...'0123456789abcdef'.split('')),
  minLength: 64,
  maxLength: 64,
});
const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const word = fc.string({
  unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789'.split('')),
  minLength: 8,
  maxLength: 12,
});
const count = fc.nat();
const time = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

function maybe<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined });
}

const input = fc.record({ path: word, sizeBytes: count, sha256: hex, lines: count });
const file = fc.record({
  name: maybe(word),
  uri: word,
  sizeBytes: maybe(count),
  uploadedAt: maybe(time),
  expiresAt: maybe(time),
});
const key = hex.map((digits) => digits.slice(0, 12));
const intent = fc.record({ displayName: word, model: word, sentAt: time, key: maybe(key) });
const job = fc.record({
  name: word.map((id) => `batches/${id}`),
  displayName: maybe(text),
  model: maybe(text),
  submittedAt: maybe(time),
  adopted: maybe(fc.boolean()),
  key: maybe(key),
  deletionAskedAt: maybe(time),
});
const result = fc.record({
  path: word,
  sizeBytes: count,
  sha256: hex,
  lines: count,
  answered: count,
  failed: count,
  missing: maybe(count),
  savedAt: time,
});
const snapshot = fc.record({
  name: word,
  displayName: maybe(text),
  model: maybe(text),
  inputFile: maybe(word),
  state: fc.constantFrom('pending', 'running', 'succeeded', 'failed', 'cancelled', 'expired', 'unknown'),
  rawState: maybe(text),
  createdAt: maybe(time),
  endedAt: maybe(time),
  stats: maybe(fc.record({ requests: count, succeeded: count, failed: count, pending: count })),
  results: maybe(
    fc.oneof(
      fc.record({ kind: fc.constant('file' as const), name: word }),
      fc.record({ kind: fc.constant('inline' as const) }),
    ),
  ),
  error: maybe(fc.record({ code: maybe(count), message: text })),
});

const jobNames = fc.array(
  word.map((id) => `batches/${id}`),
  { maxLength: 3 },
);

const step: fc.Arbitrary<BatchEvent> = fc.oneof(
  fc.record({ type: fc.constant('upload_started'), input, fileName: word, at: time }),
  fc.record({ type: fc.constant('upload_session'), sessionUrl: maybe(word) }),
  fc.record({ type: fc.constant('uploaded'), file }),
  fc.record({ type: fc.constant('create_intended'), intent }),
  fc.record({ type: fc.constant('create_refused') }),
  fc.record({ type: fc.constant('create_unknown'), reason: text, at: time, serviceAt: maybe(time) }),
  fc.record({ type: fc.constant('created'), job }),
  fc.record({ type: fc.constant('duplicates_found'), jobs: jobNames }),
  fc.record({ type: fc.constant('duplicates_settled'), jobs: jobNames }),
  fc.record({ type: fc.constant('fenced') }),
  fc.record({ type: fc.constant('file_gone') }),
  fc.record({
    type: fc.constant('failed'),
    step: fc.constantFrom('input', 'upload', 'create', 'job'),
    reason: fc.oneof(text, fc.constant('missing')),
    detail: text,
    at: time,
    input: maybe(input),
  }),
  fc.record({ type: fc.constant('job_observed'), job: snapshot, at: time }),
  fc.record({ type: fc.constant('saved'), result }),
  fc.record({ type: fc.constant('results_lost'), at: time }),
  fc.record({ type: fc.constant('requeued') }),
) as fc.Arbitrary<BatchEvent>;

const takenOver: fc.Arbitrary<BatchEvent> = fc.record({
  type: fc.constant('taken_over'),
  job,
  attempt: fc.integer({ min: 1, max: 999 }),
  input: maybe(input),
  file: maybe(file),
});

/** It can happen anywhere, so that often would be too often for any long way to be gone to its end. */
const event = fc.oneof({ arbitrary: step, weight: 60 }, { arbitrary: takenOver, weight: 1 });

/** Any record that events can lead to: those that cannot happen where the batch stands are left out. */
export const reachableRecord: fc.Arbitrary<BatchRecord> = fc
  .array(event, { minLength: 0, maxLength: 60, size: 'max' })
  .map((events) => events.reduce(afterIfPossible, FRESH_RECORD));

function afterIfPossible(record: BatchRecord, next: BatchEvent): BatchRecord {
  try {
    return transition(record, next);
  } catch {
    return record;
  }
}

/** Any state of up to eight batches; no job is shared, as it cannot be among records of real jobs. */
export const reachableState: fc.Arbitrary<SubmissionState> = fc.record({
  stateId: word.map((id) => id.slice(0, 8)),
  createdAt: time,
  lastRun: maybe(time),
  listLagMs: maybe(count),
  batches: fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 999_999_999 }), reachableRecord), {
      selector: ([batch]) => batch,
      maxLength: 8,
    })
    .map((entries) => new Map(entries)),
});
