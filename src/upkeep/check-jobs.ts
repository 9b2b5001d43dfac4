import { activeLoad } from '../model/active-load.ts';
import { jobNamesOf, jobOf, type JobKey } from '../model/batch-record.ts';
import { isEnded, type JobSnapshot } from '../model/job.ts';
import { knownCeiling } from '../model/known-ceiling.ts';
import { bareModel, readMark } from '../model/names.ts';
import { lowest, NO_CEILING, type Ceiling } from '../model/quota-ledger.ts';
import { recordOf, type SubmissionState } from '../model/submission-state.ts';
import { tokenScale } from '../model/token-scale.ts';
import { formatAmount } from '../model/units.ts';
import type { Settings } from '../config/settings.ts';
import { ok, warning, type Check } from './check.ts';

/**
 * How much of the quota is in use, as far as it can be seen: all unfinished jobs of the project against their
 * number, and the tokens of this state's jobs, as estimated, against what is known of their limit.
 */
export function checkJobs(
  jobs: readonly JobSnapshot[],
  state: SubmissionState,
  settings: Settings,
  key: JobKey | undefined,
): Check {
  const names = new Set([...state.batches.values()].flatMap((record) => jobNamesOf(record)));
  const live = jobs.filter(({ state: standing }) => !isEnded(standing) && standing !== 'unknown');
  const own = live.filter(({ name, displayName }) => names.has(name) || isOf(state, displayName));
  const scale = tokenScale(state);
  const over = new Set(jobs.filter((job) => isEnded(job.state)).map(({ name }) => name));
  // The state may not have heard yet that a job has ended.
  const without = (batch: number): boolean => over.has(jobOf(recordOf(state, batch))?.name ?? '');
  const tokens = activeLoad(state, { model: settings.model, key, without }).tokens * scale;
  const most = ceilingOf(state, settings, key, scale);
  const room = Number.isFinite(most.tokens) ? ` of ${formatAmount(most.tokens)}` : '';
  const fact =
    `${live.length} of ${most.jobs} under way, ${own.length} of this state and ${live.length - own.length} of others; ` +
    `${formatAmount(tokens)}${room} tokens by this state`;
  if (live.length < most.jobs && (tokens < most.tokens || tokens === 0)) return ok('jobs', fact);
  return warning('jobs', fact, 'creates wait until a job ends; `batch-submit watch` follows yours');
}

/** What the user names, or the documented number of jobs, and what refusals have taught. */
function ceilingOf(
  state: SubmissionState,
  settings: Settings,
  key: JobKey | undefined,
  scale: number,
): Ceiling {
  const learnt = state.quotas?.find(
    (quota) => bareModel(quota.model) === bareModel(settings.model) && quota.key === key,
  );
  const taught: Ceiling = {
    jobs: learnt?.mostJobs ?? NO_CEILING.jobs,
    // Learnt in our own estimates, and shown in the service's tokens.
    tokens: (learnt?.mostTokens ?? NO_CEILING.tokens) * scale,
  };
  return lowest(knownCeiling(settings), taught);
}

function isOf({ stateId }: SubmissionState, displayName: string | undefined): boolean {
  return readMark(displayName ?? '')?.stateId === stateId;
}
