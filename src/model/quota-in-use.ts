import type { Ceiling, Load } from './quota-ledger.ts';
import type { QuotaInUse } from './run-event.ts';

/** What is under way beside what may be, in whole numbers; a limit that nobody knows is left out. */
export function quotaInUse(load: Load, { jobs, tokens }: Ceiling): QuotaInUse {
  return {
    jobs: load.jobs,
    tokens: Math.round(load.tokens),
    ...(Number.isFinite(jobs) ? { mostJobs: jobs } : {}),
    ...(Number.isFinite(tokens) ? { mostTokens: Math.round(tokens) } : {}),
  };
}
