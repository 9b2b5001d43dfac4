import { jobOf, type BatchRecord } from '../model/batch-record.ts';
import { isSubmitted, type SubmissionState } from '../model/submission-state.ts';
import { checkRecord } from './record-schema.ts';
import { amount, dictionary, list, matching, nullish, object, optional, ShapeFault, text } from './shape.ts';
import { refuseSharedJobs } from './shared-jobs.ts';
import { createStateText, STATE_VERSION } from './state-text.ts';
import { newerState, unreadableState } from './state-errors.ts';

export type JsonObject = { readonly [key: string]: unknown };

/**
 * Reads a version 1 state. Unknown keys at the top are dropped; the older script's keys are derived
 * from `batches` and are only compared with it.
 * @throws {BatchSubmitError} `E_STATE_NEWER` for any other version, `E_STATE_UNREADABLE` otherwise.
 */
export function parseState(value: JsonObject, path: string): SubmissionState {
  if (value['version'] !== STATE_VERSION) throw newerState(path, value['version']);
  const { state_id, created_at, last_run, list_lag_ms, ignored_states, quotas, batches, submitted_jobs } =
    readEnvelope(value, path);
  const records = readRecords(batches, path);
  refuseSharedJobs(records, path);
  refuseContradiction(records, submitted_jobs, path);
  return {
    stateId: state_id,
    createdAt: created_at,
    lastRun: last_run ?? undefined,
    listLagMs: list_lag_ms,
    ignoredStates: ignored_states,
    quotas,
    batches: records,
  };
}

/** The whole file. */
export function serializeState(state: SubmissionState): string {
  return Buffer.concat(createStateText().of(state)).toString();
}

/** 1 to 999999999 without leading zeros: the numbers that input files can have. */
function isBatchNumber(key: string): boolean {
  return /^[1-9]\d{0,8}$/.test(key);
}

const quota = object({
  model: text,
  key: optional(text),
  learntAt: text,
  mostJobs: optional(amount),
  mostTokens: optional(amount),
  heldJobs: amount,
  heldTokens: amount,
});

const envelope = object({
  state_id: matching(/^[a-z0-9]{8}$/),
  created_at: text,
  last_run: nullish(text),
  ignored_states: optional(list(text)),
  list_lag_ms: optional(amount),
  quotas: optional(list(quota)),
  batches: dictionary,
  submitted_jobs: optional(dictionary),
});

function readEnvelope(value: JsonObject, path: string): ReturnType<typeof envelope> {
  try {
    return envelope(value, '');
  } catch (error) {
    if (!(error instanceof ShapeFault)) throw error;
    throw unreadableState(path, `"${error.path}" is wrong: ${error.message}`);
  }
}

function readRecords(batches: JsonObject, path: string): ReadonlyMap<number, BatchRecord> {
  const records = new Map<number, BatchRecord>();
  for (const [key, value] of Object.entries(batches)) {
    if (!isBatchNumber(key)) throw unreadableState(path, '"batches" has a key that is not a batch number');
    const checked = checkRecord(value);
    if (!checked.ok) throw unreadableState(path, `batch ${key} is wrong: ${checked.fault}`);
    records.set(Number(key), checked.record);
  }
  return records;
}

/**
 * Another program, or a person, changed the part that is only a view. Saving would undo that change
 * without a word, and a job that was added there was paid for.
 */
function refuseContradiction(
  records: ReadonlyMap<number, BatchRecord>,
  submittedJobs: JsonObject | undefined,
  path: string,
): void {
  if (submittedJobs === undefined) return;
  const ours = [...records].filter(([, record]) => isSubmitted(record)).map(([batch]) => `${batch}`);
  for (const batch of new Set([...ours, ...Object.keys(submittedJobs)])) {
    const record = records.get(Number(batch));
    const entry = submittedJobs[batch];
    const theirs = isJsonObject(entry) ? entry['job_name'] : entry;
    if (theirs === (record === undefined ? undefined : jobOf(record)?.name)) continue;
    const which = isBatchNumber(batch) ? `batch ${batch}` : 'a key that is not a batch number';
    throw unreadableState(path, `"submitted_jobs" and "batches" disagree about ${which}`);
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
