import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FRESH_RECORD, jobOf, type BatchRecord, type BatchStatus } from '../../src/model/batch-record.ts';
import { transition, type BatchEvent } from '../../src/model/transition.ts';
import { EVENTS, file, input, job, RECORDS, saved, snapshot } from './records.ts';

type EventType = BatchEvent['type'];

/** Every legal step, and where it leads. What is not here must throw. */
const LEGAL: Readonly<Record<EventType, Partial<Record<BatchStatus, BatchStatus>>>> = {
  upload_started: { pending: 'uploading', uploading: 'uploading', failed: 'uploading' },
  upload_session: { uploading: 'uploading' },
  uploaded: { uploading: 'uploaded' },
  create_intended: { uploaded: 'creating' },
  create_refused: { creating: 'uploaded' },
  create_unknown: { creating: 'uncertain', uncertain: 'uncertain' },
  created: { creating: 'submitted', uncertain: 'submitted' },
  fenced: { creating: 'pending', uncertain: 'pending' },
  file_gone: { uploading: 'pending', uploaded: 'pending' },
  failed: {
    pending: 'failed',
    uploading: 'failed',
    uploaded: 'failed',
    creating: 'failed',
    failed: 'failed',
    submitted: 'failed',
  },
  job_observed: { submitted: 'submitted' },
  saved: {
    succeeded: 'collected',
    collected: 'collected',
    failed: 'failed',
    expired: 'expired',
    cancelled: 'cancelled',
  },
  result_discarded: { collected: 'succeeded', failed: 'failed', expired: 'expired', cancelled: 'cancelled' },
  requeued: { failed: 'pending', expired: 'pending', cancelled: 'pending' },
};

/** `failed` starts an upload only after a refused input: nothing of it is with the service. */
function recordFor(status: BatchStatus, type: EventType): BatchRecord {
  if (status !== 'failed' || type !== 'upload_started') return RECORDS[status];
  return { ...RECORDS.failed, step: 'input', input: undefined, file: undefined };
}

const STATUSES = Object.keys(RECORDS) as BatchStatus[];
const PAIRS = (Object.keys(EVENTS) as EventType[]).flatMap((type) =>
  STATUSES.map((status) => ({ type, status, to: LEGAL[type][status] })),
);

describe('transition()', () => {
  test.for(PAIRS.filter(({ to }) => to !== undefined))('$type: $status ▶ $to', ({ type, status, to }) => {
    expect(transition(recordFor(status, type), EVENTS[type]).status).toBe(to);
  });

  test.for(PAIRS.filter(({ to }) => to === undefined))(
    '$type cannot happen to $status',
    ({ type, status }) => {
      expect(() => transition(RECORDS[status], EVENTS[type])).toThrow(
        `${type} cannot happen to a batch that is ${status}`,
      );
    },
  );

  test.for(['succeeded', 'failed', 'cancelled', 'expired'] as const)(
    'ends a job that is seen %s',
    (state) => {
      const event: BatchEvent = { type: 'job_observed', job: snapshot(state), at: 'now' };
      expect(transition(RECORDS.submitted, event)).toMatchObject({
        status: state,
        job,
        results: { kind: 'inline' },
      });
    },
  );

  test.for(['pending', 'running', 'unknown'] as const)('keeps watching a job that is seen %s', (state) => {
    const event: BatchEvent = { type: 'job_observed', job: snapshot(state), at: 'now' };
    expect(transition(RECORDS.submitted, event)).toEqual({
      ...RECORDS.submitted,
      jobState: state,
      asOf: 'now',
    });
  });

  test('counts a new attempt whenever names may have reached the service', () => {
    const attempts = [
      transition(RECORDS.uncertain, { type: 'fenced' }),
      transition(RECORDS.uploaded, { type: 'file_gone' }),
      transition(RECORDS.failed, { type: 'requeued' }),
      transition(RECORDS.expired, { type: 'requeued' }),
    ].map(({ attempt }) => attempt);
    expect(attempts).toEqual([4, 4, 4, 4]);
    const refused: BatchRecord = { ...RECORDS.failed, step: 'input', input: undefined, file: undefined };
    expect(transition(refused, { type: 'requeued' })).toEqual({
      status: 'pending',
      attempt: 3,
      earlier: undefined,
    });
  });

  test('remembers the job and the partial results of an attempt that is tried again', () => {
    const partial = transition(RECORDS.expired, { type: 'saved', result: saved });
    expect(transition(partial, { type: 'requeued' })).toEqual({
      status: 'pending',
      attempt: 4,
      earlier: [{ attempt: 3, jobName: job.name, ended: 'expired', saved }],
    });
  });

  test('keeps input and file of a failed create', () => {
    expect(transition(RECORDS.creating, EVENTS.failed)).toMatchObject({ status: 'failed', input, file });
  });

  test('over any history: attempts only grow, no job is lost but into `earlier`, records are never changed', () => {
    const event = fc.constantFrom<BatchEvent>(
      ...Object.values(EVENTS),
      ...(['succeeded', 'failed', 'cancelled', 'expired', 'unknown'] as const).map((state): BatchEvent => ({
        type: 'job_observed',
        job: snapshot(state),
        at: 'now',
      })),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), (events) => {
        let record: BatchRecord = FRESH_RECORD;
        for (const next of events) {
          // The plan starts an upload after a failure only when the input was what failed.
          if (next.type === 'upload_started' && record.status === 'failed' && record.step !== 'input')
            continue;
          const before = JSON.stringify(record);
          let after: BatchRecord;
          try {
            after = transition(Object.freeze(record), next);
          } catch (error) {
            expect(String(error)).toMatch(/cannot happen to a batch that is/);
            expect(JSON.stringify(record)).toBe(before);
            continue;
          }
          expect(JSON.stringify(record)).toBe(before);
          expect(after.attempt).toBeGreaterThanOrEqual(record.attempt);
          const name = jobOf(record)?.name;
          if (name !== undefined && jobOf(after) === undefined) {
            expect(after.earlier?.at(-1)?.jobName).toBe(name);
          }
          expect(after.earlier ?? []).toEqual(expect.arrayContaining([...(record.earlier ?? [])]));
          record = after;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
