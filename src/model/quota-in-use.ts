import { activeLoad } from './active-load.ts';
import { lowest, NO_CEILING, type Ceiling, type Load } from './quota-ledger.ts';
import type { QuotaInUse } from './run-event.ts';
import type { SubmissionState } from './submission-state.ts';
import { scaledCeiling } from './token-scale.ts';

/** What is under way beside what may be, in whole numbers; a limit that nobody knows is left out. */
export function quotaInUse(load: Load, { jobs, tokens }: Ceiling): QuotaInUse {
  return {
    jobs: load.jobs,
    tokens: Math.round(load.tokens),
    ...(Number.isFinite(jobs) ? { mostJobs: jobs } : {}),
    ...(Number.isFinite(tokens) ? { mostTokens: Math.round(tokens) } : {}),
  };
}

/**
 * The same as the state alone shows it, for who asks nobody: with what was learnt last of the model, whichever key
 * that was.
 * @returns `undefined` when no job is under way
 */
export function quotaInState(state: SubmissionState, model: string, known: Ceiling): QuotaInUse | undefined {
  const ofModel = (state.quotas ?? []).filter((quota) => quota.model === model);
  const [latest] = ofModel.sort((a, b) => b.learntAt.localeCompare(a.learntAt));
  const load = activeLoad(state, { model, key: latest?.key, without: () => false });
  if (load.jobs === 0) return undefined;
  const { mostJobs = NO_CEILING.jobs, mostTokens = NO_CEILING.tokens } = latest ?? {};
  return quotaInUse(load, lowest(scaledCeiling(known, state), { jobs: mostJobs, tokens: mostTokens }));
}
