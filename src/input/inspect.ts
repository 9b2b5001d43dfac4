import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { InputFacts } from '../model/batch-record.ts';
import { checkRequestLine, type InputProblem, type LineCheck, type ProblemReason } from './check-line.ts';
import { describeReadError, isReadError, openInput } from './file-fault.ts';
import { recognizeForeignFormat } from './foreign-format.ts';
import { createLineFindings } from './line-findings.ts';
import { createLineScanner } from './line-scanner.ts';

/** What one pass over an input file found. `keyless` counts the lines without a `key`, which is no fault. */
export type Inspection =
  | { readonly ok: true; readonly facts: InputFacts; readonly keyless: number }
  | {
      readonly ok: false;
      /** The first five of `count`. */
      readonly problems: readonly InputProblem[];
      readonly count: number;
    };

const CHUNK_BYTES = 1024 ** 2;

/**
 * Hashes a file and checks every line of it in one pass. Memory does not grow with the file.
 * Blank lines and CRLF are tolerated; a last line without a newline counts.
 * A file that cannot be read is a problem too, so that the batches beside it go on.
 * @throws the signal's reason when it is aborted
 */
export async function inspectInput(
  path: string,
  signal?: AbortSignal,
  check: LineCheck = checkRequestLine,
): Promise<Inspection> {
  signal?.throwIfAborted();
  const opened = await openInput(path);
  if (!opened.ok) return oneProblem('unreadable', opened.fault);
  const findings = createLineFindings(check);
  const scanner = createLineScanner(findings);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const chunk of chunksOf(opened.file)) {
      signal?.throwIfAborted();
      if (sizeBytes === 0) {
        const foreign = recognizeForeignFormat(chunk);
        if (foreign !== undefined) return oneProblem('foreign_format', `the file ${foreign}`);
      }
      sizeBytes += chunk.length;
      hash.update(chunk);
      scanner.push(chunk);
    }
  } catch (error) {
    if (!isReadError(error)) throw error;
    return oneProblem('unreadable', describeReadError(error));
  } finally {
    await opened.file.close();
  }
  scanner.end();
  const { lines, keyless, problems, count } = findings.totals();
  if (lines === 0) return oneProblem('no_lines', 'the file holds no request');
  if (count > 0) return { ok: false, problems, count };
  return { ok: true, facts: { path, sizeBytes, sha256: hash.digest('hex'), lines }, keyless };
}

/** Reads ahead by one chunk, so that the disk works while the lines are parsed. */
async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  const buffers = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)] as const;
  let [current, spare] = buffers;
  let { bytesRead } = await file.read(current, 0, CHUNK_BYTES, null);
  while (bytesRead > 0) {
    const next = file.read(spare, 0, CHUNK_BYTES, null);
    // A failed read ahead is heard below; until then nobody else may take it for unhandled.
    next.catch(() => undefined);
    try {
      yield current.subarray(0, bytesRead);
    } finally {
      // The handle is closed by whoever leaves the loop: not while a read is on its way.
      await next.catch(() => undefined);
    }
    ({ bytesRead } = await next);
    [current, spare] = [spare, current];
  }
}

function oneProblem(reason: ProblemReason, detail: string): Inspection {
  return { ok: false, problems: [{ reason, line: undefined, detail }], count: 1 };
}
