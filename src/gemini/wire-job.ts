import * as z from 'zod';
import type { JobSnapshot, JobState, JobStats, ResultLocation } from '../model/job.ts';
import { isFileName } from './resource-name.ts';
import { wholeNumber } from './wire-number.ts';
import { wireTime } from './wire-time.ts';

const STATES: Readonly<Record<string, JobState>> = {
  PENDING: 'pending',
  QUEUED: 'pending',
  RUNNING: 'running',
  CANCELLING: 'running',
  PAUSED: 'running',
  UPDATING: 'running',
  SUCCEEDED: 'succeeded',
  PARTIALLY_SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  EXPIRED: 'expired',
};

/** google.rpc.Code.CANCELLED */
const CODE_CANCELLED = 1;

const text = z.string().optional().catch(undefined);
const output = z
  .object({
    responsesFile: text,
    inlinedResponses: z.unknown().optional(),
    inlinedEmbedContentResponses: z.unknown().optional(),
  })
  .optional()
  .catch(undefined);
const metadata = z
  .object({
    displayName: text,
    model: text,
    state: text,
    createTime: wireTime,
    endTime: wireTime,
    inputConfig: z.object({ fileName: text }).optional().catch(undefined),
    batchStats: z.record(z.string(), z.unknown()).optional().catch(undefined),
    output,
  })
  .catch({});
const operation = z.object({
  name: z.string().min(1).max(1000),
  metadata: metadata.optional(),
  done: z.boolean().optional().catch(undefined),
  error: z
    .object({ code: z.number().optional().catch(undefined), message: z.string().catch('') })
    .optional()
    .catch(undefined),
  response: output,
});

type Operation = z.infer<typeof operation>;

/**
 * Reads one job as it is on the wire: a long-running operation whose metadata is the batch. Undefined
 * when it is not even that. Results are in `response` and in `metadata.output`; older answers have only
 * one of the two, and lists have neither.
 */
export function readJob(value: unknown, clean: (text: string) => string): JobSnapshot | undefined {
  const parsed = operation.safeParse(value);
  if (!parsed.success) return undefined;
  const job = parsed.data;
  const meta = job.metadata;
  return {
    name: job.name,
    displayName: meta?.displayName,
    model: meta?.model?.replace(/^models\//, ''),
    inputFile: meta?.inputConfig?.fileName,
    state: stateOf(job),
    rawState: meta?.state,
    createdAt: meta?.createTime,
    endedAt: meta?.endTime,
    stats: meta?.batchStats === undefined ? undefined : statsOf(meta.batchStats),
    results: resultsOf(job),
    error: job.error === undefined ? undefined : { code: job.error.code, message: clean(job.error.message) },
  };
}

function stateOf(job: Operation): JobState {
  const word = job.metadata?.state?.replace(/^(?:BATCH|JOB)_STATE_/, '') ?? '';
  const known = Object.hasOwn(STATES, word) ? STATES[word] : undefined;
  if (known !== undefined) return known;
  if (job.done !== true) return 'unknown';
  if (job.error !== undefined) return job.error.code === CODE_CANCELLED ? 'cancelled' : 'failed';
  return job.response === undefined ? 'unknown' : 'succeeded';
}

/** Counts of zero are left out on the wire. */
function statsOf(raw: Readonly<Record<string, unknown>>): JobStats {
  return {
    requests: wholeNumber(raw['requestCount']) ?? 0,
    succeeded: wholeNumber(raw['successfulRequestCount']) ?? 0,
    failed: wholeNumber(raw['failedRequestCount']) ?? 0,
    pending: wholeNumber(raw['pendingRequestCount']) ?? 0,
  };
}

function resultsOf(job: Operation): ResultLocation | undefined {
  const places = [job.response, job.metadata?.output];
  const name = places.find((place) => place?.responsesFile !== undefined)?.responsesFile;
  if (name !== undefined) return isFileName(name) ? { kind: 'file', name } : undefined;
  const isInline = places.some(
    (place) => place?.inlinedResponses !== undefined || place?.inlinedEmbedContentResponses !== undefined,
  );
  return isInline ? { kind: 'inline' } : undefined;
}
