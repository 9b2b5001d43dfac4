import { readFile } from 'node:fs/promises';
import { expectDocument } from './json-contract.ts';

// The tests look into files of any shape; a wrong guess shows as a failed expectation.
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface SavedState {
  readonly version: number;
  readonly state_id: string;
  readonly last_completed_batch: number;
  readonly last_run: string | null;
  readonly total_submitted: number;
  readonly submitted_jobs: Readonly<Record<string, { readonly job_name: string; readonly state: string }>>;
  readonly uploaded_files: Readonly<Record<string, string>>;
  readonly failed_batches: readonly number[];
  readonly batches: Readonly<Record<string, { readonly status: string; readonly attempt: number }>>;
}

export interface LogLine {
  readonly timestamp: string;
  readonly event: string;
  readonly batch?: number;
  readonly data: Readonly<Record<string, Json>>;
  readonly run: string;
  readonly seq: number;
}

export async function readState(folder: string): Promise<SavedState> {
  return JSON.parse(await readFile(`${folder}/batch_submission_state.json`, 'utf8')) as SavedState; // ours: other tests check it
}

/** `{ 1: 'submitted', 2: 'failed' }` */
export async function statusesIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const { batches } = await readState(folder);
  return Object.fromEntries(Object.entries(batches).map(([batch, { status }]) => [batch, status]));
}

export async function readLog(folder: string): Promise<readonly LogLine[]> {
  const lines = parseLines(await readFile(`${folder}/batch_submission_log.jsonl`, 'utf8'));
  for (const line of lines) expectDocument(line, ['log'], 'a line of the log');
  return lines as unknown as readonly LogLine[];
}

/** Every line as JSON; throws at the first that is none. */
export function parseLines(text: string): readonly { readonly [key: string]: Json }[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly [key: string]: Json });
}
