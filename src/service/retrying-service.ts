import type { Clock } from '../model/clock.ts';
import type { ServiceFailure } from '../model/failure.ts';
import { decideRetry, type RetryDecision, type RetryPolicy } from '../model/retry-policy.ts';
import type { BatchService, Result, UploadRequest } from '../model/service.ts';
import { quotaWaitExceeded } from '../model/stop.ts';
import { repeatCall } from './repeat-call.ts';

export interface RetryNotice {
  readonly step: string;
  readonly failure: ServiceFailure;
  readonly decision: Extract<RetryDecision, { retry: true }>;
  /** 1 for the first wait of this call within its budget. */
  readonly count: number;
}

export interface RetryingOptions {
  readonly policy: RetryPolicy;
  readonly clock: Clock;
  /** A number in [0, 1), for jitter. */
  readonly random: () => number;
  /** Told before each wait; nothing prints here. */
  readonly onWait: (notice: RetryNotice) => void;
  /** Longest time that the quota may keep one call waiting. */
  readonly maxWaitMs: number | undefined;
}

/**
 * A service that repeats the calls that may be repeated. `createJob` passes straight through: it is a
 * payment, and only `submit/create-job.ts` may decide to send it again.
 */
export function withRetries(inner: BatchService, options: RetryingOptions): BatchService {
  const { policy, clock, random, onWait, maxWaitMs } = options;
  const repeat = <T>(
    step: string,
    signal: AbortSignal,
    call: () => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const spent = { faults: 0, rate_limits: 0 };
    let waitedMs = 0;
    const again = async (failure: ServiceFailure): Promise<boolean> => {
      const decision = decideRetry(failure, spent.faults, policy, random());
      if (!decision.retry) return false;
      spent[decision.budget] += 1;
      if (decision.budget === 'rate_limits') {
        waitedMs += decision.waitMs;
        if (maxWaitMs !== undefined && waitedMs > maxWaitMs) throw quotaWaitExceeded(maxWaitMs);
      }
      onWait({ step, failure, decision, count: spent[decision.budget] });
      await clock.sleep(decision.waitMs, signal);
      return true;
    };
    return repeatCall({ call, again, signal });
  };
  const { embedTexts } = inner;
  return {
    listsJobs: inner.listsJobs,
    now: () => inner.now(),
    checkModel: (model, signal) => repeat('check the model', signal, () => inner.checkModel(model, signal)),
    uploadFile: (request, signal) => {
      const resumable = rememberSession(request);
      return repeat('upload', signal, () => inner.uploadFile(resumable(), signal));
    },
    getFile: (name, signal) => repeat('look up a file', signal, () => inner.getFile(name, signal)),
    listFiles: (token, signal) => repeat('list files', signal, () => inner.listFiles(token, signal)),
    deleteFile: (name, signal) => repeat('delete a file', signal, () => inner.deleteFile(name, signal)),
    createJob: (request) => inner.createJob(request),
    getJob: (name, signal) => repeat('get a job', signal, () => inner.getJob(name, signal)),
    listJobs: (token, signal) => repeat('list jobs', signal, () => inner.listJobs(token, signal)),
    cancelJob: (name, signal) => repeat('cancel', signal, () => inner.cancelJob(name, signal)),
    deleteJob: (name, signal) => repeat('delete a job', signal, () => inner.deleteJob(name, signal)),
    downloadResult: (jobName, results, toPath, signal) =>
      repeat('download', signal, () => inner.downloadResult(jobName, results, toPath, signal)),
    ...(embedTexts === undefined
      ? {}
      : { embedTexts: (request, signal) => repeat('embed', signal, () => embedTexts(request, signal)) }),
    close: async () => {
      await inner.close?.();
    },
  };
}

/** A repeated upload goes on in the session that the last try opened. */
function rememberSession(request: UploadRequest): () => UploadRequest {
  let sessionUrl = request.sessionUrl;
  const onSession = async (url: string | undefined): Promise<void> => {
    sessionUrl = url;
    await request.onSession(url);
  };
  return () => ({ ...request, sessionUrl, onSession });
}
