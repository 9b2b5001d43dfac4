import { describe, expect, test } from 'vitest';
import type { BatchRecord, RecordOf } from '../../src/model/batch-record.ts';
import type { JobSnapshot } from '../../src/model/job.ts';
import { displayNameFor } from '../../src/model/names.ts';
import { noteDuplicates, promoteDuplicates } from '../../src/service/note-duplicates.ts';
import { cancelDuplicates } from '../../src/submit/cancel.ts';
import { createSampleContext } from './sample-context.ts';
import { INPUT, submitted } from './sample-records.ts';
import { failed, inTurn, jobSnapshot, ok } from './service-double.ts';

const KEY = '0123456789ab';
const OWN = submitted('batches/own');
const DEAD: RecordOf<'failed'> = {
  ...OWN,
  status: 'failed',
  step: 'job',
  reason: 'code_3',
  detail: 'it failed',
  failedAt: '2026-11-22T14:00:00Z',
};

function marked(name: string, more: Partial<JobSnapshot> = {}): JobSnapshot {
  const displayName = displayNameFor({ stateId: 'k3v9q2ma', batch: 1, attempt: 2 }, INPUT, undefined);
  return jobSnapshot(name, 'running', { displayName, ...more });
}

function twice(record: BatchRecord): BatchRecord {
  return { ...record, duplicates: ['batches/twice'] };
}

describe('noteDuplicates()', () => {
  test('a second live job is recorded, and the first one kept', async () => {
    const context = createSampleContext({}, { 1: OWN });
    await noteDuplicates(context, [marked('batches/twice')]);
    expect(context.store.recordOf(1)).toMatchObject({
      job: { name: 'batches/own' },
      duplicates: ['batches/twice'],
    });
  });

  test('where the batch’s own job is dead, the other one takes its place', async () => {
    const context = createSampleContext({}, { 1: DEAD });
    await noteDuplicates(context, [marked('batches/alive')]);
    expect(context.store.recordOf(1)).toMatchObject({
      status: 'submitted',
      attempt: 2,
      input: INPUT,
      job: { name: 'batches/alive', adopted: true },
      earlier: [{ jobName: 'batches/own', ended: 'replaced' }],
    });
    expect(context.store.recordOf(1).duplicates).toBeUndefined();
  });

  test('a job that is another batch’s by now is left alone', async () => {
    const context = createSampleContext({}, { 1: OWN, 2: submitted('batches/moved') });
    await noteDuplicates(context, [marked('batches/moved')]);
    expect(context.journal).toEqual([]);
  });
});

describe('promoteDuplicates()', () => {
  test('a duplicate with answers takes the place of a job without', async () => {
    const getJob = inTurn(ok(marked('batches/twice', { state: 'succeeded' })));
    const context = createSampleContext({ getJob }, { 1: twice(DEAD) });
    await promoteDuplicates(context, [1]);
    expect(context.store.recordOf(1)).toMatchObject({ status: 'submitted', job: { name: 'batches/twice' } });
  });

  test.for([
    { what: 'the own job is alive', record: OWN, answer: undefined },
    {
      what: 'the duplicate is dead',
      record: DEAD,
      answer: ok(marked('batches/twice', { state: 'expired' })),
    },
    { what: 'nobody knows it', record: DEAD, answer: failed('not_found') },
  ])('nothing happens when $what', async ({ record, answer }) => {
    const context = createSampleContext(answer === undefined ? {} : { getJob: inTurn(answer) }, {
      1: twice(record),
    });
    await promoteDuplicates(context, [1]);
    expect(context.store.recordOf(1)).toEqual(twice(record));
  });
});

describe('cancelDuplicates()', () => {
  const gone = { cancelJob: inTurn<void>(failed('not_found')), getJob: inTurn<never>(failed('not_found')) };

  test('one that was cancelled is no decision any more', async () => {
    const context = createSampleContext({ cancelJob: inTurn(ok(undefined)) }, { 1: twice(OWN) });
    expect(await cancelDuplicates(context, [1])).toEqual({ requested: [1], refused: [] });
    expect(context.store.recordOf(1).duplicates).toBeUndefined();
  });

  test('that it is gone is believed under the key it was made with, and under no other', async () => {
    const own = { ...OWN, job: { ...OWN.job, key: KEY } };
    for (const [key, isBelieved] of [
      [KEY, true],
      ['ffffffffffff', false],
    ] as const) {
      const context = { ...createSampleContext(gone, { 1: twice(own) }), key };
      expect(await cancelDuplicates(context, [1])).toEqual(
        isBelieved ? { requested: [1], refused: [] } : { requested: [], refused: [1] },
      );
      expect(context.store.recordOf(1).duplicates).toEqual(isBelieved ? undefined : ['batches/twice']);
    }
  });
});
