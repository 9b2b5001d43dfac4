import { describe, expect, test } from 'vitest';
import { jobOf } from '../../src/model/batch-record.ts';
import { transition } from '../../src/model/transition.ts';
import { EVENTS, RECORDS, snapshot } from './records.ts';

describe('a batch with more jobs than one', () => {
  const twice = transition(RECORDS.submitted, EVENTS.duplicates_found);

  test('keeps their names whatever happens to it', () => {
    const ended = transition(twice, { type: 'job_observed', job: snapshot('failed'), at: 'then' });
    const again = transition(ended, { type: 'requeued' });
    const last = transition(again, { ...EVENTS.upload_started });
    for (const record of [twice, ended, again, last]) expect(record.duplicates).toEqual(['batches/twice']);
  });

  test('does not count a job twice, nor its own', () => {
    const jobs = ['batches/twice', jobOf(twice)?.name ?? ''];
    expect(transition(twice, { type: 'duplicates_found', jobs })).toEqual(twice);
    expect(transition(RECORDS.submitted, { type: 'duplicates_found', jobs: [] })).toEqual(RECORDS.submitted);
  });

  test('one that is settled is no decision any more, and is not forgotten', () => {
    const settled = transition(twice, EVENTS.duplicates_settled);
    expect(settled.duplicates).toBeUndefined();
    expect(settled.earlier?.at(-1)).toMatchObject({ jobName: 'batches/twice', ended: 'duplicate' });
  });

  test('one that is chosen in place of the job changes places with it', () => {
    const chosen = transition(twice, {
      ...EVENTS.taken_over,
      job: { name: 'batches/twice' },
    });
    expect(chosen).toMatchObject({ job: { name: 'batches/twice' } });
    expect(chosen.duplicates).toBeUndefined();
    expect(chosen.earlier?.at(-1)).toMatchObject({ jobName: jobOf(twice)?.name, ended: 'replaced' });
  });
});
