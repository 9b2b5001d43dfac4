import { unreadableState } from './state-errors.ts';
import { isJsonObject, type JsonObject } from './state-schema.ts';

/** One entry of the older script's `submitted_jobs`. */
export interface OlderJob {
  readonly batch: number;
  /** Absent when the name cannot have come from the service. */
  readonly name: string | undefined;
  readonly invented: 'simulated' | 'unusable' | undefined;
  readonly fileUri: string | undefined;
  readonly submittedAt: string | undefined;
  readonly state: string | undefined;
}

/** What the older script's file says, in one form whatever form it was written in. */
export interface OlderFile {
  readonly jobs: readonly OlderJob[];
  /** Batch to the reason that was noted, if any. */
  readonly failed: ReadonlyMap<number, string | undefined>;
  /** Entries of `failed_batches` that named a batch, duplicates included. */
  readonly failedEntries: number;
  readonly uploads: ReadonlyMap<number, string>;
  readonly lastCompleted: number | undefined;
  readonly lastRun: string | undefined;
  /** Entries that named no batch and held nothing that was paid for. */
  readonly leftOut: number;
}

/**
 * Reads the shapes that the older script and its hand-made relatives wrote: a dictionary by batch
 * number or a list of objects that carry one, job names as text or inside an object.
 * @throws {BatchSubmitError} `E_STATE_UNREADABLE`
 */
export function readOlderFile(value: JsonObject, path: string): OlderFile {
  if ('batches' in value || 'state_id' in value) {
    throw unreadableState(path, 'its "version" is missing');
  }
  if (!OLDER_KEYS.some((key) => key in value)) {
    throw unreadableState(path, 'it has none of the keys of a state file');
  }
  const submitted = entriesOf(value['submitted_jobs'], 'submitted_jobs', path);
  const failed = entriesOf(value['failed_batches'], 'failed_batches', path);
  const uploads = entriesOf(value['uploaded_files'], 'uploaded_files', path);
  const jobs = submitted.map((entry) => readJob(entry, path));
  const failures = failed.flatMap(({ batch, value: item }) =>
    batch === undefined ? [] : [[batch, readReason(item)] as const],
  );
  const readUploads = uploads.flatMap(({ batch, value: item }) => {
    const uri = uriOf(item);
    return batch === undefined || uri === undefined ? [] : [[batch, uri] as const];
  });
  const lastCompleted = value['last_completed_batch'];
  return {
    jobs: jobs.filter((job) => job !== undefined),
    failed: firstReasons(failures),
    failedEntries: failures.length,
    uploads: new Map(readUploads),
    lastCompleted: typeof lastCompleted === 'number' && lastCompleted > 0 ? lastCompleted : undefined,
    lastRun: timeOf(value['last_run']),
    leftOut: [...submitted, ...failed, ...uploads].filter(({ batch }) => batch === undefined).length,
  };
}

const OLDER_KEYS = [
  'submitted_jobs',
  'uploaded_files',
  'failed_batches',
  'last_completed_batch',
  'total_submitted',
] as const;

interface Entry {
  readonly batch: number | undefined;
  readonly value: unknown;
}

function entriesOf(value: unknown, key: string, path: string): readonly Entry[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) {
    return value.map((item: unknown) => ({ batch: batchOf(item), value: item }));
  }
  if (!isJsonObject(value)) throw unreadableState(path, `"${key}" is neither a list nor an object`);
  return Object.entries(value).map(([name, item]) => ({ batch: numberIn(name), value: item }));
}

function batchOf(item: unknown): number | undefined {
  if (!isJsonObject(item)) return numberIn(item);
  return numberIn(item['batch'] ?? item['batch_number'] ?? item['batch_num']);
}

/** `81`, `"81"`, `"081"` and `"batch_081"` all mean batch 81. */
function numberIn(value: unknown): number | undefined {
  const digits = /\d+/.exec(typeof value === 'number' || typeof value === 'string' ? `${value}` : '')?.[0];
  const batch = Number(digits ?? 0);
  if (typeof value === 'number' && batch !== value) return undefined;
  return batch >= 1 && batch <= 999_999_999 ? batch : undefined;
}

function readJob({ batch, value }: Entry, path: string): OlderJob | undefined {
  const name = textOf(isJsonObject(value) ? value['job_name'] : value) ?? '';
  const isReal = isJobName(name);
  if (batch === undefined) {
    // Somebody pays for that job: leaving it out would submit its batch a second time.
    if (isReal) throw unreadableState(path, '"submitted_jobs" holds a job without a batch number');
    return undefined;
  }
  return {
    batch,
    name: isReal ? name : undefined,
    invented: isReal ? undefined : /^batches\/simulated_/i.test(name) ? 'simulated' : 'unusable',
    fileUri: isJsonObject(value) ? textOf(value['file_uri']) : undefined,
    submittedAt: isJsonObject(value) ? timeOf(value['submitted_at']) : undefined,
    state: isJsonObject(value) ? textOf(value['state']) : undefined,
  };
}

/** Of a batch listed twice, the entry that says why it failed counts. */
function firstReasons(
  failures: readonly (readonly [number, string | undefined])[],
): ReadonlyMap<number, string | undefined> {
  const reasons = new Map<number, string | undefined>();
  for (const [batch, reason] of failures) reasons.set(batch, reasons.get(batch) ?? reason);
  return reasons;
}

/** A reason can be a whole server answer; a screenful of it says as much. */
function readReason(item: unknown): string | undefined {
  if (typeof item === 'string') return /^\D*\d+$/.test(item) ? undefined : item.slice(0, 300);
  if (!isJsonObject(item)) return undefined;
  return textOf(item['error'] ?? item['reason'] ?? item['message'])?.slice(0, 300);
}

function uriOf(item: unknown): string | undefined {
  return textOf(isJsonObject(item) ? (item['uri'] ?? item['file_uri']) : item);
}

/** The older script wrote local times without a zone: they are read as local and kept as UTC. */
function timeOf(value: unknown): string | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** True for a name the service can have given to a job; the older script's inventions are none. */
export function isJobName(name: string): boolean {
  return /^batches\/[A-Za-z0-9_-]{1,128}$/.test(name) && !/^batches\/simulated_/i.test(name);
}
