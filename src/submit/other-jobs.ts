import { isEnded, type JobSnapshot } from '../model/job.ts';
import { readMark } from '../model/names.ts';

/** Unfinished jobs of the project that are not ours: they take up places too. */
export interface OtherJobs {
  /** Takes in what a listing shows, whole or in part. */
  note(jobs: readonly JobSnapshot[]): void;
  count(): number;
}

/** @param known names of all jobs that the state speaks of */
export function createOtherJobs(stateId: string, known: () => ReadonlySet<string>): OtherJobs {
  const active = new Set<string>();
  return {
    note(jobs) {
      const ours = known();
      for (const { name, state, displayName } of jobs) {
        const isOurs = readMark(displayName ?? '')?.stateId === stateId || ours.has(name);
        if (isOurs || isEnded(state) || state === 'unknown') active.delete(name);
        else active.add(name);
      }
    },
    count: () => active.size,
  };
}
