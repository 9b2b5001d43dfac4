import type { BatchRecord } from '../../src/model/batch-record.ts';
import type { BatchService } from '../../src/model/service.ts';
import { createGate } from '../../src/submit/create-gate.ts';
import type { SubmitContext, SubmitOptions } from '../../src/submit/submit-context.ts';
import { createSampleContext, type SampleContext } from '../service/sample-context.ts';

export const OPTIONS: SubmitOptions = {
  model: 'gemini-2.5-flash',
  displayName: undefined,
  policy: { maxRetries: 2, retryDelayMs: 100, rateLimitWaitMs: 1000 },
  concurrency: 2,
  stagingDirectory: '/nonexistent/staged',
  pauseMs: 0,
  maxWaitMs: undefined,
  failFast: false,
  settleMs: 3000,
  onAmbiguous: 'wait',
  acceptNewKey: false,
  fresh: false,
  random: () => 0,
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
    gate: createGate({ clock, emit, policy: OPTIONS.policy, maxWaitMs: undefined }),
    outages: {
      add: () => (outages += 1),
      reset: () => {
        outages = 0;
      },
    },
  };
}
