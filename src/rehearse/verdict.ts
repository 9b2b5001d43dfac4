import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RehearsalDocument } from '../documents/set-up.ts';
import type { Emulator } from '../emulator/index.ts';
import type { BatchRecord } from '../model/batch-record.ts';
import { isSubmitted, type SubmissionState } from '../model/submission-state.ts';

/** What the rehearsal came to. Judged by what the service accepted and what is on disk, not by the tool's word. */
export type Verdict = Omit<RehearsalDocument, 'schemaVersion' | 'directory' | 'ms'>;

export interface VerdictInput {
  readonly emulator: Emulator;
  readonly state: SubmissionState | undefined;
  readonly batches: number;
  readonly directory: string;
  /** How many requests the emulator had seen before the run at rest. */
  readonly requestsBeforeRest: number;
}

export async function judge(input: VerdictInput): Promise<Verdict> {
  const { emulator, batches, directory, requestsBeforeRest } = input;
  const { jobs } = emulator.accepted();
  const requests = emulator.requests();
  const records = [...(input.state?.batches ?? [])];
  const repeatedWrites = requests
    .slice(requestsBeforeRest)
    .filter(({ method, endpoint }) => method !== 'GET' || endpoint === 'download').length;
  const problems = await problemsOf(records, new Set(jobs.map(({ name }) => name)), directory);
  const verified = await countVerified(directory);
  const planned = records.reduce(
    (total, [, record]) => total + ('input' in record ? (record.input?.lines ?? 0) : 0),
    0,
  );
  if (verified !== planned)
    problems.push(`${verified} of ${planned} requests have an answer in the merged file`);
  if (jobs.length !== batches)
    problems.push(`the service accepted ${jobs.length} jobs for ${batches} batches`);
  if (records.length !== batches) problems.push(`the state knows ${records.length} of ${batches} batches`);
  if (repeatedWrites > 0)
    problems.push(`a run with nothing left to do sent ${repeatedWrites} requests that are not questions`);
  return {
    batches,
    jobs: jobs.length,
    duplicates: jobs.length - new Set(jobs.map(({ inputSha256 }) => inputSha256)).size,
    submitted: records.filter(([, record]) => isSubmitted(record)).length,
    collected: records.filter(([, record]) => record.status === 'collected').length,
    requests: requests.length,
    rateLimited: requests.filter(({ status }) => status === 429).length,
    faults: requests.filter(({ fault, status }) => fault !== undefined && status !== 429).length,
    verified,
    repeatedWrites,
    problems,
  };
}

async function problemsOf(
  records: readonly (readonly [number, BatchRecord])[],
  accepted: ReadonlySet<string>,
  directory: string,
): Promise<string[]> {
  const problems: string[] = [];
  for (const [batch, record] of records) {
    if (record.status !== 'collected') {
      problems.push(`batch ${batch} is ${record.status}`);
      continue;
    }
    if (!accepted.has(record.job.name))
      problems.push(`batch ${batch} names a job the service never accepted`);
    const text = await readFile(join(directory, record.saved.path), 'utf8');
    const answers = text.split('\n').filter((line) => line !== '').length;
    if (answers !== record.input?.lines)
      problems.push(`batch ${batch} has ${answers} answers for ${record.input?.lines} requests`);
  }
  return problems;
}

/** Lines of the merged file with an answer, each request counted once. */
async function countVerified(directory: string): Promise<number> {
  const requests = new Set<string>();
  const file = await open(join(directory, 'batch_results', 'merged.jsonl')).catch(() => undefined);
  if (file === undefined) return 0;
  for await (const text of file.readLines()) {
    const { batch, line, response } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (response !== undefined) requests.add(`${String(batch)}:${String(line)}`);
  }
  return requests.size;
}
