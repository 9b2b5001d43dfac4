import { digitsIn, type BatchPattern } from '../model/batch-pattern.ts';
import { LARGEST_BATCH } from '../model/batch-set.ts';
import { isDead, type JobSnapshot } from '../model/job.ts';
import { candidateOf, type Candidate } from './adopt.ts';

/** Jobs of other tools whose display names number them alike. */
export interface NumberedNames {
  /** What `adopt --named` takes: `refinement_batch_{batch}`. */
  readonly pattern: string;
  readonly batches: readonly number[];
}

/** Jobs whose display names match a pattern that the user gives. Dead jobs have nothing to take over. */
export function jobsNamed(jobs: readonly JobSnapshot[], pattern: BatchPattern): readonly Candidate[] {
  return jobs.flatMap((job) => {
    const batch = isDead(job.state) ? undefined : batchFrom(digitsIn(job.displayName ?? '', pattern));
    return batch === undefined ? [] : [candidateOf(job, batch, 1)];
  });
}

/**
 * Recognises names such as `refinement_batch_081` and `batch-170-2026`: what stands before the number is
 * the same for all jobs of one set, what stands behind it may differ. Nothing is concluded from them.
 */
export function recogniseNames(jobs: readonly JobSnapshot[]): readonly NumberedNames[] {
  const groups = new Map<string, { batch: number; after: string }[]>();
  for (const { displayName = '', state } of jobs) {
    const match = isDead(state)
      ? null
      : /^([\w .:@+-]{0,200}?batch[-_ ]?)(\d{1,9})(?!\d)([\w .:@+-]{0,200})$/i.exec(displayName);
    const batch = batchFrom(match?.[2]);
    if (match === null || batch === undefined) continue;
    const [, before = '', , after = ''] = match;
    groups.set(before, [...(groups.get(before) ?? []), { batch, after }]);
  }
  return [...groups].map(([before, found]) => {
    const after = new Set(found.map((one) => one.after));
    return {
      pattern: `${before}{batch}${after.size === 1 ? [...after][0] : '*'}`,
      batches: [...new Set(found.map(({ batch }) => batch))].sort((a, b) => a - b),
    };
  });
}

function batchFrom(digits: string | undefined): number | undefined {
  const batch = Number(digits ?? '0');
  return batch >= 1 && batch <= LARGEST_BATCH ? batch : undefined;
}
