import { readFile } from 'node:fs/promises';
import type { Backend } from './backend.ts';
import { parseLine } from './input-scan.ts';
import { requestKey } from './item-results.ts';
import type { Job } from './job.ts';
import type { JsonObject } from './json.ts';
import { isBlank, readLines } from './line-splitter.ts';

/** The keys of every accepted job by its name, in the order of the input. */
export async function readAllKeys(backend: Backend): Promise<JsonObject> {
  const entries = backend.jobs
    .history()
    .map(async (job) => [`batches/${job.id}`, await keysOfJob(job)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * The keys of one accepted job, null for a request without one. The bytes of its input are kept for as long
 * as the emulator runs, even when the file was deleted.
 * @throws {Error} when no job of this name was accepted
 */
export async function readRequestKeys(backend: Backend, name: string): Promise<readonly (string | null)[]> {
  const job = backend.jobs.history().find(({ id }) => name === id || name === `batches/${id}`);
  if (job === undefined) throw new Error(`Cannot read the keys of "${name}": no such job was accepted`);
  return await keysOfJob(job);
}

/** The bytes of an uploaded file as they were received; undefined when they are gone or never came. */
export async function readUploaded(backend: Backend, name: string): Promise<Buffer | undefined> {
  const record = backend.files
    .history()
    .findLast(({ file: { id } }) => name === id || name === `files/${id}`);
  if (record === undefined) return undefined;
  return await readFile(record.file.path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
}

async function keysOfJob({ input }: Job): Promise<readonly (string | null)[]> {
  if (input.from === 'inline') return input.items.map(requestKey);
  const keys: (string | null)[] = [];
  for await (const line of readLines(input.file.path)) {
    if (!isBlank(line)) keys.push(requestKey(parseLine(line) ?? {}));
  }
  return keys;
}
