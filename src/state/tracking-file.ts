import { readFile } from 'node:fs/promises';
import { BatchSubmitError } from '../model/errors.ts';
import { jobOf } from '../model/batch-record.ts';
import { isJobName } from './older-file.ts';
import { parseStateBytes } from './load-state.ts';

/** One line of somebody's bookkeeping: this job is that batch's. */
export interface TrackedJob {
  readonly batch: number;
  readonly jobName: string;
}

export interface TrackingFile {
  readonly jobs: readonly TrackedJob[];
  /** Job names whose batch number could not be told. */
  readonly unnumbered: readonly string[];
  readonly notes: readonly string[];
}

/** Keys under which people keep the number of a batch. */
const NUMBER_KEYS: ReadonlySet<string> = new Set([
  'batch',
  'batch_number',
  'batch_num',
  'batchnumber',
  'number',
  'index',
]);

/**
 * Reads jobs out of a state file (ours or the older script's), any other JSON, a log of JSON lines, or CSV. A job's batch is
 * the number it is filed under, or stands beside, or the number in a name such as `refinement_batch_081`.
 * @throws {BatchSubmitError} `E_CONFIG` when the file cannot be read or names no job at all
 */
export async function readTrackingFile(path: string): Promise<TrackingFile> {
  const bytes = await readBytes(path);
  const text = bytes.toString('utf8');
  const found = /^\s*[[{]/.test(text) ? fromJson(bytes, text, path) : fromTable(text);
  if (found.jobs.length + found.unnumbered.length > 0) return found;
  throw new BatchSubmitError('E_CONFIG', `Cannot take jobs from "${path}": it names no job (batches/…)`, {
    hint: 'name a state file, a JSON or CSV file with job names, or use `--job 81=batches/…`',
  });
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown fault';
    throw new BatchSubmitError('E_CONFIG', `Cannot read "${path}": ${code}`, {
      hint: 'check the path and run `batch-submit adopt <file>` again',
      cause: error,
    });
  }
}

function fromJson(bytes: Buffer, text: string, path: string): TrackingFile {
  const value = parseJson(text) ?? parseJsonLines(text);
  if (value === undefined) {
    throw new BatchSubmitError('E_CONFIG', `Cannot take jobs from "${path}": it is not valid JSON`, {
      hint: 'correct it, or use `--job 81=batches/…`',
    });
  }
  if (isObject(value) && 'submitted_jobs' in value) return fromState(bytes, path);
  const jobs: TrackedJob[] = [];
  const unnumbered: string[] = [];
  walk(value, undefined, (jobName, batch) => {
    if (batch === undefined) unnumbered.push(jobName);
    else jobs.push({ batch, jobName });
  });
  return { jobs, unnumbered, notes: [] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A log, ours among them. Its last line may be torn; any other line that is no JSON makes it no log. */
function parseJsonLines(text: string): unknown[] | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const values = lines.map((line) => parseJson(line));
  const isLog = values.every((value, index) => value !== undefined || index === values.length - 1);
  return isLog && values.some((value) => value !== undefined) ? values : undefined;
}

function fromState(bytes: Buffer, path: string): TrackingFile {
  const { state, notes } = parseStateBytes(bytes, path, {
    now: () => new Date(0),
    newStateId: () => 'tracking',
  });
  const jobs = [...state.batches].flatMap(([batch, record]) => {
    const jobName = jobOf(record)?.name;
    return jobName === undefined ? [] : [{ batch, jobName }];
  });
  return { jobs, unnumbered: [], notes };
}

/** Visits every job name with the nearest number it is filed under or stands beside. */
function walk(
  value: unknown,
  batch: number | undefined,
  visit: (jobName: string, batch: number | undefined) => void,
): void {
  if (typeof value === 'string') {
    if (isJobName(value)) visit(value, batch);
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value) walk(item, batch, visit);
    return;
  }
  if (!isObject(value)) return;
  const beside = Object.entries(value)
    .map(([key, item]) => (NUMBER_KEYS.has(key.toLowerCase()) ? numberIn(item) : undefined))
    .find((number) => number !== undefined);
  const named = Object.values(value).map((item) =>
    typeof item === 'string' && !isJobName(item) ? numberInName(item) : undefined,
  );
  const own = beside ?? named.find((number) => number !== undefined) ?? batch;
  for (const [key, item] of Object.entries(value)) walk(item, numberIn(key) ?? own, visit);
}

/** CSV, TSV or plain lines: a job name, and in the same line a number or a name that holds one. */
function fromTable(text: string): TrackingFile {
  const jobs: TrackedJob[] = [];
  const unnumbered: string[] = [];
  for (const line of text.split('\n')) {
    const cells = line.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    const jobName = cells.find((cell) => isJobName(cell));
    if (jobName === undefined) continue;
    const others = cells.filter((cell) => cell !== jobName);
    const batch =
      others.map((cell) => numberIn(cell)).find(isNumber) ??
      others.map((cell) => numberInName(cell)).find(isNumber);
    if (batch === undefined) unnumbered.push(jobName);
    else jobs.push({ batch, jobName });
  }
  return { jobs, unnumbered, notes: [] };
}

function numberIn(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  return /^\d{1,9}$/.test(text) && Number(text) >= 1 ? Number(text) : undefined;
}

/** `refinement_batch_081`, `batch-170-retry`, `batch_081_proper.jsonl`: the number after "batch". */
function numberInName(text: string): number | undefined {
  const digits = /batch[ _-]?(\d{1,9})(?!\d)/i.exec(text)?.[1];
  return digits === undefined ? undefined : numberIn(digits);
}

function isNumber(value: number | undefined): value is number {
  return value !== undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
