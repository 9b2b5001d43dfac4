import pLimit from 'p-limit';
import { jobNamesOf } from '../model/batch-record.ts';
import { concurrencyFor } from '../model/concurrency.ts';
import { stopsTheRun } from '../model/failure.ts';
import type { InputFile } from '../model/plan.ts';
import type { RunContext } from '../model/run-context.ts';
import { stopFor } from '../model/stop.ts';
import { createGate } from './create-gate.ts';
import { createLagMeter } from './list-lag.ts';
import { createOtherJobs } from './other-jobs.ts';
import { createQuotaWatch, type QuotaWatch } from './quota-watch.ts';
import { createRunQuota } from './run-quota.ts';
import type { SubmitContext, SubmitOptions } from './submit-context.ts';
import { createUploadAhead } from './upload-ahead.ts';

/** Puts together what one run of `submit` shares among its batches. @param onError called when the run must stop */
export function openContext(
  run: RunContext,
  options: SubmitOptions,
  files: readonly InputFile[],
  onError: (error: unknown) => void,
): { readonly context: SubmitContext; readonly watch: QuotaWatch } {
  const { clock, emit, progress, store, signal, key } = run;
  const { policy, maxWaitMs, pauseMs, pollMs } = options;
  const concurrency = options.concurrency ?? concurrencyFor(files.map(({ sizeBytes }) => sizeBytes));
  const { stateId } = store.current();
  const known = (): Set<string> =>
    new Set([...store.current().batches.values()].flatMap((record) => jobNamesOf(record)));
  const others = createOtherJobs(stateId, known);
  let unheard: ReadonlySet<number> = new Set();
  const look = async (): Promise<void> => {
    const submitted = [...store.current().batches].filter(([, { status }]) => status === 'submitted');
    const batches = submitted.map(([batch]) => batch);
    const { active, refused, failure } = await options.refreshJobs(run, batches, (jobs) => others.note(jobs));
    const isUnknown = failure?.kind === 'not_found';
    unheard = new Set(isUnknown ? active : refused);
    if (failure !== undefined && !isUnknown && stopsTheRun(failure.kind))
      throw stopFor(failure, 'ask for the jobs');
    // During an outage nothing was learnt of them.
    if (failure?.kind !== 'unavailable' && failure?.kind !== 'not_sent') gate.looked();
  };
  const quota = createRunQuota({
    context: run,
    options,
    others,
    unheard: () => unheard,
    onBlocked: () => {
      progress?.waitsForJobs(true);
      watch.start();
    },
    onFree: () => progress?.waitsForJobs(false),
  });
  const gate = createGate({ clock, emit, policy, maxWaitMs, pauseMs, quota });
  progress?.createsFrom(() => gate.progress());
  const watch = createQuotaWatch({
    clock,
    look,
    isBlocked: () => gate.isBlocked(),
    pollMs,
    signal,
    onError,
  });
  const activeJobs = (): number => quota.load(new Set()).jobs;
  let outages = 0;
  const context: SubmitContext = {
    ...run,
    options,
    stateId,
    key,
    unknownJobs: new Map(),
    lag: createLagMeter(run),
    others,
    ahead: createUploadAhead(() => Math.max(2 * concurrency, activeJobs())),
    uploading: pLimit(concurrency),
    gate,
    outages: {
      add: () => (outages += 1),
      reset: () => {
        outages = 0;
      },
    },
  };
  return { context, watch };
}
