import type { Job } from './job.ts';
import { isFinished, type JobPhase } from './job-lifecycle.ts';
import { compact, type JsonObject } from './json.ts';
import { lineFate } from './result-damage.ts';

/** `batchStats`: int64 as strings, zero counts left out (observed). */
export function batchStats(job: Job, phase: JobPhase): JsonObject {
  const failed =
    isFinished(phase) && 'hasOutput' in phase && phase.hasOutput ? countFailed(job, phase) : undefined;
  if (failed === undefined) return pendingStats(job);
  const pending = phase.state === 'cancelled' ? job.requestCount - (phase.finished ?? job.requestCount) : 0;
  return compact({
    requestCount: count(job.requestCount),
    pendingRequestCount: count(pending),
    successfulRequestCount: count(job.requestCount - failed - pending),
    failedRequestCount: count(failed),
  });
}

/** What a job says before its end, and what the list says for ever (observed: stale there). */
export function pendingStats(job: Job): JsonObject {
  return compact({ requestCount: count(job.requestCount), pendingRequestCount: count(job.requestCount) });
}

/** Requests that were answered: all of them unless the job was cancelled half-way. */
export function finishedCount(job: Job, phase: JobPhase): number {
  return ('finished' in phase ? phase.finished : undefined) ?? job.requestCount;
}

function countFailed(job: Job, phase: JobPhase): number {
  const finished = finishedCount(job, phase);
  // In a job that ends CANCELLED the unfinished requests stay pending; in one that ends SUCCEEDED they failed.
  let failed = phase.state === 'cancelled' ? 0 : job.requestCount - finished;
  const { error = 0, refused = 0 } = job.damage;
  if (job.unusable.size === 0 && error === 0 && refused === 0) return failed;
  for (let index = 0; index < finished; index += 1) {
    const { content } = lineFate(job, index);
    if (job.unusable.has(index) || content === 'error' || content === 'refused') failed += 1;
  }
  return failed;
}

function count(value: number): string | undefined {
  return value === 0 ? undefined : String(value);
}
