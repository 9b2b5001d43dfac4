import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { chunksOf } from './chunks.ts';
import { describeReadError, isReadError, openInput } from './file-fault.ts';
import type { FindingGroup, FindingKind } from './finding.ts';
import { recognizeForeignFormat } from './foreign-format.ts';
import { createLineFindings, type LineRules } from './line-findings.ts';
import { createLineScanner } from './line-scanner.ts';

/** What one pass over an input file found. */
export interface FileReport {
  readonly path: string;
  readonly sizeBytes: number;
  /** Lower-case hex over the exact bytes; `undefined` when not all of them were read. */
  readonly sha256: string | undefined;
  /** Requests, good or bad. Blank lines are none. */
  readonly lines: number;
  /** Requests with a key. */
  readonly keys: number;
  /** A quarter of the length of the text. Pictures, sound and answers are not in it. */
  readonly estimatedTokens: number;
  readonly findings: readonly FindingGroup[];
}

const CHARACTERS_PER_TOKEN = 4;

/**
 * Hashes a file and checks every line of it in one pass. Memory does not grow with the file, but for some
 * 25 bytes a key. A file that cannot be read is a finding too, so that the files beside it go on.
 * @throws the signal's reason when it is aborted
 */
export async function inspectFile(
  path: string,
  signal: AbortSignal | undefined,
  rules: LineRules,
): Promise<FileReport> {
  signal?.throwIfAborted();
  const opened = await openInput(path);
  if (!opened.ok) return wholeFile(path, 0, 'unreadable', opened.fault);
  const { fd } = opened.file;
  const standsAt = (offset: number, line: Buffer): boolean => holdsLine(fd, offset, line);
  const findings = createLineFindings({ ...rules, standsAt });
  const scanner = createLineScanner(findings);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const chunk of chunksOf(opened.file)) {
      signal?.throwIfAborted();
      if (sizeBytes === 0) {
        const foreign = recognizeForeignFormat(chunk);
        if (foreign !== undefined) {
          return wholeFile(path, opened.sizeBytes, 'foreign_format', `the file ${foreign}`);
        }
      }
      sizeBytes += chunk.length;
      hash.update(chunk);
      scanner.push(chunk);
    }
    scanner.end();
  } catch (error) {
    if (!isReadError(error)) throw error;
    return wholeFile(path, sizeBytes, 'unreadable', describeReadError(error));
  } finally {
    await opened.file.close();
  }
  const { lines, keys, textLength, findings: found } = findings.totals();
  if (lines === 0) return wholeFile(path, sizeBytes, 'no_lines', 'the file holds no request');
  const estimatedTokens = Math.ceil(textLength / CHARACTERS_PER_TOKEN);
  return { path, sizeBytes, sha256: hash.digest('hex'), lines, keys, estimatedTokens, findings: found };
}

/** Reads the file once more at one place, which only two lines with the same key ask for. */
function holdsLine(fd: number, offset: number, line: Buffer): boolean {
  const there = Buffer.allocUnsafe(line.length);
  return readSync(fd, there, 0, line.length, offset) === line.length && there.equals(line);
}

function wholeFile(path: string, sizeBytes: number, kind: FindingKind, detail: string): FileReport {
  const findings = [{ kind, count: 1, first: [{ line: undefined, detail }] }];
  return { path, sizeBytes, sha256: undefined, lines: 0, keys: 0, estimatedTokens: 0, findings };
}
