import { jobNamesOf, jobOf } from '../model/batch-record.ts';
import { foldBatches, nameBatches } from '../model/batch-set.ts';
import { isUncollected } from '../model/deadlines.ts';
import { isDead, isEnded, type JobSnapshot } from '../model/job.ts';
import { readMark } from '../model/names.ts';
import type { SubmissionState } from '../model/submission-state.ts';
import { ok, warning, type Check } from './check.ts';

/** Jobs that carry a mark of this tool and that the state does not speak of. */
export function checkUnknownJobs(jobs: readonly JobSnapshot[], state: SubmissionState): Check {
  const known = new Set([...state.batches.values()].flatMap((record) => jobNamesOf(record)));
  const marked = jobs.flatMap((job) => {
    const mark = readMark(job.displayName ?? '');
    return mark === undefined || isDead(job.state) || known.has(job.name) ? [] : [mark];
  });
  const own = marked.filter(({ stateId }) => stateId === state.stateId);
  const others = new Set(marked.map(({ stateId }) => stateId).filter((id) => id !== state.stateId));
  if (own.length > 0) {
    const batches = [...new Set(own.map(({ batch }) => batch))].sort((a, b) => a - b);
    const fact = `${own.length} of this state are not in it (${nameBatches(batches)})`;
    return warning('unknown_jobs', fact, 'take them over with `batch-submit adopt`');
  }
  const rest = marked.length - own.length;
  if (rest > 0 && state.batches.size === 0) {
    const fact = `${rest} of ${count(others.size, 'other state', 'other states')}, and this one has none`;
    return warning('unknown_jobs', fact, 'if its state was lost, `batch-submit adopt` finds the jobs again');
  }
  return ok('unknown_jobs', rest === 0 ? 'none' : `none of this state, ${rest} of other states`);
}

/** Jobs that were made twice, as far as the state knows. */
export function checkDuplicateJobs(batches: SubmissionState['batches']): Check {
  const twice = [...batches].filter(([, { duplicates = [] }]) => duplicates.length > 0);
  if (twice.length === 0) return ok('duplicate_jobs', 'none');
  const named = twice.map(([batch]) => batch).sort((a, b) => a - b);
  return warning(
    'duplicate_jobs',
    `${nameBatches(named)} ${named.length === 1 ? 'has' : 'have'} two jobs, and both are paid for`,
    'end the second ones with `batch-submit cancel --duplicates`',
  );
}

/** Jobs of the state that have ended while their results are not on disk. */
export function checkResults(jobs: readonly JobSnapshot[], state: SubmissionState): Check {
  const ended = new Set(jobs.filter((job) => isEnded(job.state)).map(({ name }) => name));
  const open = [...state.batches].filter(
    ([, record]) =>
      isUncollected(record) || (record.status === 'submitted' && ended.has(jobOf(record)?.name ?? '')),
  );
  if (open.length === 0) return ok('results', 'of every job that has ended are on disk');
  const batches = open.map(([batch]) => batch).sort((a, b) => a - b);
  const fact = `${count(batches.length, 'job has', 'jobs have')} ended and not been collected (${foldBatches(batches)})`;
  return warning('results', fact, 'save them with `batch-submit download`');
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
