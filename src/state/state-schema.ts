import { z } from 'zod';
import { jobOf, type BatchRecord } from '../model/batch-record.ts';
import { isSubmitted, type SubmissionState } from '../model/submission-state.ts';
import { checkRecord } from './record-schema.ts';
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
  const parsed = envelope.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw unreadableState(path, `"${issue?.path.join('.') ?? ''}" is wrong: ${issue?.message ?? ''}`);
  }
  const { state_id, created_at, last_run, list_lag_ms, ignored_states, quotas, batches, submitted_jobs } =
    parsed.data;
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
function isBatchNumber(text: string): boolean {
  return /^[1-9]\d{0,8}$/.test(text);
}

const dictionary = z.record(z.string(), z.unknown());

const amount = z.number().nonnegative();

const quota = z.object({
  model: z.string(),
  key: z.string().optional(),
  learntAt: z.string(),
  mostJobs: amount.optional(),
  mostTokens: amount.optional(),
  heldJobs: amount,
  heldTokens: amount,
});

const envelope = z.object({
  state_id: z.string().regex(/^[a-z0-9]{8}$/),
  created_at: z.string(),
  last_run: z.string().nullish(),
  ignored_states: z.array(z.string()).optional(),
  list_lag_ms: z.number().nonnegative().optional(),
  quotas: z.array(quota).optional(),
  batches: dictionary,
  submitted_jobs: dictionary.optional(),
});

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
