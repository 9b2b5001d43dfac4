import { deadlinesOf } from '../model/deadlines.ts';
import type { DeadlineKind } from '../model/deadlines.ts';
import { describeDeadlines, groupDeadlines } from '../model/deadline-groups.ts';
import type { SubmissionState } from '../model/submission-state.ts';
import { ok, warning, type Check } from './check.ts';

/** Nearer than this a person should know. */
const NEAR_HOURS = 12;
const MOST_TOLD = 3;

const HINTS: Readonly<Record<DeadlineKind, string>> = {
  results: '`batch-submit download` saves the results that are there',
  input: '`batch-submit` makes the jobs that are missing; an input that has expired is uploaded again',
  job: 'nothing helps but to wait, and `batch-submit retry` after they expire',
};

/** What of the state's files, jobs and results comes to an end soon. */
export function checkDeadlines(state: SubmissionState | undefined, now: Date): Check {
  const groups = state === undefined ? [] : groupDeadlines(deadlinesOf(state, now));
  const near = groups.filter(({ hoursLeft }) => hoursLeft < NEAR_HOURS);
  const told = (near.length === 0 ? groups.slice(0, 1) : near.slice(0, MOST_TOLD)).map((group) =>
    describeDeadlines(group),
  );
  const [first] = near;
  if (first === undefined) return ok('deadlines', told[0] ?? 'nothing expires');
  // What can still be saved comes before what can only be waited for.
  const kind = (['results', 'input', 'job'] as const).find((what) =>
    near.some((group) => group.what === what),
  );
  return warning('deadlines', told.join('; '), HINTS[kind ?? first.what]);
}
