import { DEFECT_KINDS } from '../model/answer.ts';
import type { BatchRecord } from '../model/batch-record.ts';
import {
  count,
  flag,
  int,
  kinds,
  list,
  matching,
  name,
  never,
  object,
  oneOf,
  optional,
  ordinal,
  ShapeFault,
  type Shape,
  tally,
  text,
} from './shape.ts';

/** A record that was read, or where and why the value is none. The fault never repeats the value. */
export type CheckedRecord =
  | { readonly ok: true; readonly record: BatchRecord }
  | { readonly ok: false; readonly fault: string };

/**
 * Reads one record of the state file. Fields that no version knows are dropped; a field that the
 * record's status cannot have (a job of a batch that is `pending`) is a fault, because it would be lost.
 */
export function checkRecord(value: unknown): CheckedRecord {
  try {
    return { ok: true, record: record(value, '') };
  } catch (error) {
    if (!(error instanceof ShapeFault)) throw error;
    return { ok: false, fault: `${error.path === '' ? '' : `"${error.path}": `}${error.message}` };
  }
}

const sha256 = matching(/^[0-9a-f]{64}$/);

const input = object({
  path: name,
  sizeBytes: count,
  sha256,
  lines: count,
  estimatedTokens: optional(count),
  staged: optional(object({ sizeBytes: count, sha256 })),
});

const file = object({
  name: optional(name),
  uri: name,
  sizeBytes: optional(count),
  uploadedAt: optional(text),
  expiresAt: optional(text),
});

const key = optional(matching(/^[0-9a-f]{12}$/));

const intent = object({ displayName: name, model: name, sentAt: text, key });

const job = object({
  name,
  displayName: optional(text),
  model: optional(text),
  submittedAt: optional(text),
  adopted: optional(flag),
  run: optional(text),
  key,
  deletionAskedAt: optional(text),
});

const stats = object({
  requests: int,
  succeeded: int,
  failed: int,
  pending: int,
});

const audit = object({
  against: oneOf(['input', 'count']),
  defects: tally(DEFECT_KINDS, count),
  usage: object({ prompt: count, cached: count, answer: count, thoughts: count }),
  stats: optional(stats),
  permanent: optional(count),
  byOrder: optional(count),
  rows: optional(list(object({ batch: count, answered: count }))),
});

const saved = object({
  path: name,
  sizeBytes: count,
  sha256,
  lines: count,
  answered: count,
  failed: count,
  missing: optional(count),
  savedAt: text,
  isTorn: optional(flag),
  audit: optional(audit),
});

const results = kinds('kind', { file: { name }, inline: {} });

const common = {
  attempt: ordinal,
  earlier: optional(
    list(
      object({
        attempt: ordinal,
        jobName: optional(name),
        ended: text,
        input: optional(input),
        saved: optional(saved),
        results: optional(results),
        lost: optional(saved),
        deletionAskedAt: optional(text),
      }),
    ),
  ),
  duplicates: optional(list(name)),
  rowsOf: optional(list(object({ batch: count, lines: name, inputSha256: optional(sha256) }))),
};

const withoutJob = { ...common, job: never, saved: never };
const withFile = { ...withoutJob, input, file };
const withJob = { ...common, input: optional(input), file: optional(file), job };
const outcome = { results: optional(results), stats: optional(stats), saved: optional(saved) };
const ended = { ...withJob, ...outcome, endedAt: text, lostSince: optional(text), lost: optional(saved) };

const record: Shape<BatchRecord> = kinds('status', {
  pending: { ...withoutJob, intent: never },
  uploading: {
    ...withoutJob,
    intent: never,
    input,
    fileName: name,
    sessionUrl: optional(name),
    startedAt: text,
  },
  uploaded: { ...withFile, intent: never },
  creating: { ...withFile, intent },
  uncertain: {
    ...withFile,
    intent,
    reason: text,
    since: text,
    serviceSince: optional(text),
  },
  submitted: {
    ...withJob,
    saved: never,
    jobState: oneOf(['pending', 'running', 'succeeded', 'failed', 'cancelled', 'expired', 'unknown']),
    asOf: optional(text),
  },
  succeeded: { ...ended },
  collected: { ...ended, saved },
  expired: { ...ended },
  cancelled: { ...ended },
  failed: {
    ...common,
    ...outcome,
    step: oneOf(['input', 'upload', 'create', 'job']),
    reason: text,
    detail: text,
    failedAt: text,
    input: optional(input),
    file: optional(file),
    job: optional(job),
  },
});
