import { describe, expect, test } from 'vitest';
import { parseBatchPattern } from '../../src/model/batch-pattern.ts';
import { jobsNamed, recogniseNames } from '../../src/submit/named-jobs.ts';
import { jobSnapshot } from '../service/service-double.ts';

function named(displayName: string | undefined, name = 'batches/x'): ReturnType<typeof jobSnapshot> {
  return jobSnapshot(name, 'succeeded', { displayName });
}

describe('jobsNamed()', () => {
  test.for([
    { pattern: 'refinement_batch_{batch}', name: 'refinement_batch_081', batch: 81 },
    { pattern: 'batch-{batch}-*', name: 'batch-170-1722334455', batch: 170 },
    { pattern: '{batch}', name: '7', batch: 7 },
  ])('$name is batch $batch by $pattern', ({ pattern, name, batch }) => {
    const parsed = parseBatchPattern(pattern);
    if (typeof parsed === 'string') throw new Error(parsed);
    expect(jobsNamed([named(name)], parsed)).toMatchObject([{ batch, jobName: 'batches/x', attempt: 1 }]);
  });

  test.for(['refinement_batch_', 'refinement_batch_081b', 'x_refinement_batch_081', 'refinement_batch_000'])(
    '%s does not match refinement_batch_{batch}',
    (name) => {
      const parsed = parseBatchPattern('refinement_batch_{batch}');
      if (typeof parsed === 'string') throw new Error(parsed);
      expect(jobsNamed([named(name), named(undefined)], parsed)).toEqual([]);
    },
  );

  test('a job that failed has nothing to take over', () => {
    const parsed = parseBatchPattern('batch_{batch}');
    if (typeof parsed === 'string') throw new Error(parsed);
    expect(jobsNamed([jobSnapshot('batches/x', 'failed', { displayName: 'batch_1' })], parsed)).toEqual([]);
  });
});

describe('recogniseNames()', () => {
  test('names that differ only in the number are one pattern', () => {
    const jobs = ['refinement_batch_082', 'refinement_batch_081', 'refinement_batch_081'].map((name) =>
      named(name),
    );
    expect(recogniseNames(jobs)).toEqual([{ pattern: 'refinement_batch_{batch}', batches: [81, 82] }]);
  });

  test('what stands behind the number may differ', () => {
    const jobs = ['batch-170-1722', 'batch-171-1745'].map((name) => named(name));
    expect(recogniseNames(jobs)).toEqual([{ pattern: 'batch-{batch}*', batches: [170, 171] }]);
  });

  test.for(['', 'my job', 'batch', "batch_1'; rm -rf ~ #", 'batch_1\u202e', 'batch_0', 'run 7'])(
    '"%s" is not recognised',
    (name) => {
      expect(recogniseNames([named(name)])).toEqual([]);
    },
  );
});
