import type { BatchRecord } from '../../src/model/batch-record.ts';
import type { BatchService } from '../../src/model/service.ts';
import pLimit from 'p-limit';
import { NO_CEILING, NO_LOAD, NOTHING_LEARNT } from '../../src/model/quota-ledger.ts';
import { refreshJobs } from '../../src/collect/refresh.ts';
import { createGate, type GateQuota } from '../../src/submit/create-gate.ts';
import { createOtherJobs } from '../../src/submit/other-jobs.ts';
import type { SubmitContext, SubmitOptions } from '../../src/submit/submit-context.ts';
import { createSampleContext, type SampleContext } from '../service/sample-context.ts';

export const OPTIONS: SubmitOptions = {
  model: 'gemini-2.5-flash',
  displayName: undefined,
  policy: { maxRetries: 2, retryDelayMs: 100, rateLimitWaitMs: 1000 },
  concurrency: 2,
  stagingDirectory: '/nonexistent/staged',
  pauseMs: 0,
  ceiling: NO_CEILING,
  pollMs: 1000,
  refreshJobs,
  maxWaitMs: undefined,
  failFast: false,
  settleMs: 3000,
  onAmbiguous: 'wait',
  acceptNewKey: false,
  fresh: false,
  deletedJobs: async () => [],
  random: () => 0,
};

/** A quota of which nothing is known, with nothing under way. */
export const NO_QUOTA: GateQuota = {
  load: () => NO_LOAD,
  others: () => 0,
  ceiling: () => NO_CEILING,
  learnt: NOTHING_LEARNT,
  onLearnt: () => undefined,
  onBlocked: () => undefined,
  onFree: () => undefined,
};

/** The fingerprint of the key that the sample run works with. */
export const KEY = '0123456789ab';

export type SampleSubmit = SubmitContext & SampleContext;

export function createSampleSubmit(
  calls: Partial<BatchService>,
  records: Readonly<Record<number, BatchRecord>> = {},
  options: Partial<SubmitOptions> = {},
): SampleSubmit {
  const context = createSampleContext(calls, records);
  const { clock, emit } = context;
  let outages = 0;
  return {
    ...context,
    options: { ...OPTIONS, ...options },
    stateId: 'k3v9q2ma',
    key: KEY,
    unknownJobs: new Map(),
    lag: { created: () => undefined, stop: () => Promise.resolve() },
    gate: createGate({
      clock,
      emit,
      policy: OPTIONS.policy,
      maxWaitMs: undefined,
      pauseMs: 0,
      quota: NO_QUOTA,
    }),
    others: createOtherJobs('k3v9q2ma', () => new Set()),
    ahead: { enter: () => Promise.resolve(), leave: () => undefined },
    uploading: pLimit(2),
    outages: {
      add: () => (outages += 1),
      reset: () => {
        outages = 0;
      },
    },
  };
}
