import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DamageBook, DamagedLine } from './damage-book.ts';
import { type Job, resultFileId } from './job.ts';
import type { JobPhase } from './job-lifecycle.ts';
import type { Settings } from './options.ts';
import { resultLines } from './result-lines.ts';

const WRITE_BYTES = 64 * 1024;

export interface ResultFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** A quoted entity tag, the same for every download of these results. */
  readonly etag: string;
}

export interface ResultFiles {
  /** Writes the results of a finished job on first use. */
  get(job: Job, phase: JobPhase, inputPath: string): Promise<ResultFile>;
}

/** Results go to disk once, so that length, ranges and repeated downloads agree with each other. */
export function createResultFiles(directory: string, settings: Settings, damaged: DamageBook): ResultFiles {
  const files = new Map<Job, Promise<ResultFile>>();
  return {
    async get(job, phase, inputPath) {
      const existing = files.get(job);
      if (existing !== undefined) return await existing;
      const damage: DamagedLine[] = [];
      const writing = writeResults(
        join(directory, `${resultFileId(job)}.jsonl`),
        resultLines(settings, job, phase, inputPath, (line) => damage.push(line)),
      );
      files.set(job, writing);
      const file = await writing;
      damaged.note(job, damage);
      return file;
    },
  };
}

async function writeResults(path: string, lines: AsyncIterable<string>): Promise<ResultFile> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  async function* blocks(): AsyncGenerator<Buffer> {
    for await (const text of joinLines(lines)) {
      const block = Buffer.from(text);
      hash.update(block);
      sizeBytes += block.length;
      yield block;
    }
  }
  await pipeline(Readable.from(blocks()), createWriteStream(path, { mode: 0o600 }));
  return { path, sizeBytes, etag: `"${hash.digest('hex').slice(0, 32)}"` };
}

/** Writing thousands of short lines one by one would be most of the work. */
async function* joinLines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let held: string[] = [];
  let heldLength = 0;
  for await (const line of lines) {
    held.push(line);
    heldLength += line.length;
    if (heldLength >= WRITE_BYTES) {
      yield held.join('');
      held = [];
      heldLength = 0;
    }
  }
  yield held.join('');
}
