import { activeLoad } from '../model/active-load.ts';
import { NO_CEILING, NOTHING_LEARNT, type LearntQuota, type Load } from '../model/quota-ledger.ts';
import type { RunContext } from '../model/run-context.ts';
import type { RememberedQuota, SubmissionState } from '../model/submission-state.ts';
import { scaledCeiling } from '../model/token-scale.ts';
import type { GateQuota } from './create-gate.ts';
import type { OtherJobs } from './other-jobs.ts';
import type { SubmitOptions } from './submit-context.ts';

export interface RunQuotaParts {
  readonly context: Pick<RunContext, 'store' | 'emit' | 'clock' | 'key'>;
  readonly options: Pick<SubmitOptions, 'model' | 'ceiling'>;
  readonly others: OtherJobs;
  /** Batches whose jobs the service does not speak of: nobody can wait for their end. */
  readonly unheard: () => ReadonlySet<number>;
  readonly onBlocked: GateQuota['onBlocked'];
  readonly onFree: GateQuota['onFree'];
}

/** The quota as the state and the listing show it: what is under way, and how much fits. */
export function createRunQuota({
  context,
  options,
  others,
  unheard,
  onBlocked,
  onFree,
}: RunQuotaParts): GateQuota {
  const { store, emit, clock, key } = context;
  const { model } = options;
  return {
    load(inFlight): Load {
      const without = (batch: number): boolean => inFlight.has(batch) || unheard().has(batch);
      return activeLoad(store.current(), { model, key, without });
    },
    others: () => others.count(),
    ceiling: () => scaledCeiling(options.ceiling, store.current()),
    learnt: learntFrom(store.current(), model, key),
    onLearnt(learnt) {
      const quota = toRemember(learnt, model, key, clock.now());
      // A store that cannot save says so at the next step, which stops the run.
      store.noteQuota(quota).catch(() => undefined);
      const { mostJobs, mostTokens } = quota;
      emit({
        event: 'quota_learnt',
        model,
        ...(mostJobs === undefined ? {} : { mostJobs }),
        ...(mostTokens === undefined ? {} : { mostTokens }),
      });
    },
    onBlocked,
    onFree,
  };
}

function learntFrom({ quotas = [] }: SubmissionState, model: string, key: string | undefined): LearntQuota {
  const known = quotas.find((quota) => quota.model === model && quota.key === key);
  if (known === undefined) return NOTHING_LEARNT;
  const { mostJobs = NO_CEILING.jobs, mostTokens = NO_CEILING.tokens, heldJobs, heldTokens } = known;
  return {
    ceiling: { jobs: mostJobs, tokens: mostTokens },
    held: { jobs: heldJobs, tokens: heldTokens },
  };
}

function toRemember(
  { ceiling, held }: LearntQuota,
  model: string,
  key: string | undefined,
  now: Date,
): RememberedQuota {
  return {
    model,
    ...(key === undefined ? {} : { key }),
    learntAt: now.toISOString(),
    ...(Number.isFinite(ceiling.jobs) ? { mostJobs: ceiling.jobs } : {}),
    ...(Number.isFinite(ceiling.tokens) ? { mostTokens: Math.round(ceiling.tokens) } : {}),
    heldJobs: held.jobs,
    heldTokens: Math.round(held.tokens),
  };
}
