import type { Backend } from './backend.ts';
import { inlinedResponses } from './inline-results.ts';
import { type Job, resultFileId } from './job.ts';
import { isFinished, type JobPhase } from './job-lifecycle.ts';
import { batchStats, pendingStats } from './job-stats.ts';
import { compact, type JsonObject } from './json.ts';
import { createRandom, hashSeed } from './random.ts';
import { formatTimestamp } from './timestamps.ts';

// The wire says v1main whatever version was called (observed).
const TYPE_PREFIX = 'type.googleapis.com/google.ai.generativelanguage.v1main';

/** The operation that stands for a job, as `batches.create` and `batches.get` answer it. */
export function operationBody(backend: Backend, job: Job, now: number): JsonObject {
  const phase = backend.jobs.phase(job, now);
  const output = outputBody(backend, job, phase);
  return compact({
    name: `batches/${job.id}`,
    metadata: { '@type': `${TYPE_PREFIX}.${batchType(job)}`, ...batchBody(backend, job, now, output) },
    done: isFinished(phase) ? true : undefined,
    error: 'error' in phase ? phase.error : undefined,
    response:
      output === undefined ? undefined : { '@type': `${TYPE_PREFIX}.${batchType(job)}Output`, ...output },
  });
}

/** The list's version of a job: no output even when done, and counts from its first day (observed). */
export function listedBody(backend: Backend, job: Job, now: number): JsonObject {
  const phase = backend.jobs.phase(job, now);
  return compact({
    name: `batches/${job.id}`,
    metadata: {
      '@type': `${TYPE_PREFIX}.${batchType(job)}`,
      ...batchBody(backend, job, now, undefined),
      batchStats: pendingStats(job),
    },
    done: isFinished(phase) ? true : undefined,
    error: 'error' in phase ? phase.error : undefined,
  });
}

/** The batch resource itself, which `update` answers. */
export function batchBody(backend: Backend, job: Job, now: number, output?: JsonObject): JsonObject {
  const phase = backend.jobs.phase(job, now);
  return compact({
    model: `models/${job.model}`,
    displayName: job.updatedDisplayName ?? job.displayName,
    inputConfig: job.inputFile === undefined ? undefined : { fileName: job.inputFile },
    output,
    createTime: job.createTime,
    endTime: isFinished(phase) ? stamp(job, phase) : undefined,
    updateTime: phase.state === 'pending' ? job.createTime : stamp(job, phase),
    batchStats: batchStats(job, phase),
    state: `BATCH_STATE_${phase.state.toUpperCase()}`,
    name: `batches/${job.id}`,
    priority: job.priority,
  });
}

function outputBody(backend: Backend, job: Job, phase: JobPhase): JsonObject | undefined {
  if (!('hasOutput' in phase) || !phase.hasOutput) return undefined;
  if (job.input.from === 'file') return { responsesFile: `files/${resultFileId(job)}` };
  return {
    inlinedResponses: { inlinedResponses: inlinedResponses(backend, job, phase, job.input.items) },
  };
}

function batchType(job: Job): string {
  return job.kind === 'embed' ? 'EmbedContentBatch' : 'GenerateContentBatch';
}

/** The moment a phase began, in the same words every time it is shown. */
function stamp(job: Job, { state, since }: JobPhase): string {
  return formatTimestamp(since, 9, createRandom(hashSeed(job.seed, state)));
}
