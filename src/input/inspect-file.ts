import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { estimateTokens } from '../model/file-limits.ts';
import { chunksOf } from './chunks.ts';
import { describeReadError, type InputRules, isReadError, openInput } from './file-fault.ts';
import type { FindingGroup, FindingKind } from './finding.ts';
import { recognizeForeignFormat } from './foreign-format.ts';
import type { InspectSetup, SegmentFindings } from './inspect-lane.ts';
import { joinFindings } from './join-findings.ts';
import type { KeyTable } from './key-table.ts';
import { areLanesWorth, startThreads } from './lane-threads.ts';
import { type Lanes, readInLanes } from './lanes.ts';
import { createLineFindings, type LineRules, type LineTotals } from './line-findings.ts';
import { createLineScanner } from './line-scanner.ts';
import type { StandsAt } from './same-key.ts';

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
  /** Characters of text, see `estimateTokens`. */
  readonly textLength: number;
  readonly estimatedTokens: number;
  readonly findings: readonly FindingGroup[];
}

export interface FileRules extends InputRules, Omit<LineRules, 'standsAt' | 'split' | 'keys'> {
  /** Shared by files whose keys are to be compared. */
  readonly keys?: KeyTable | undefined;
  /** Starts the lanes, where not the size of the file is to decide whether there are any. */
  readonly lanes?: (() => Lanes<SegmentFindings>) | undefined;
}

/**
 * Hashes a file and checks every line of it in one pass. Memory does not grow with the file, but for some
 * 25 bytes a key. A file that cannot be read is a finding too, so that the files beside it go on.
 * @throws the signal's reason when it is aborted
 */
export async function inspectFile(
  path: string,
  signal: AbortSignal | undefined,
  rules: FileRules,
): Promise<FileReport> {
  signal?.throwIfAborted();
  const opened = await openInput(path, rules);
  if (!opened.ok) return wholeFile(path, 0, 'unreadable', opened.fault);
  const { file, sizeBytes: expectedBytes } = opened;
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const onBytes = (bytes: Buffer): void => {
    sizeBytes += bytes.length;
    hash.update(bytes);
  };
  const standsAt = (offset: number, line: Buffer): boolean => holdsLine(file.fd, offset, line);
  let totals: LineTotals;
  try {
    const foreign = await readForeignFormat(file);
    if (foreign !== undefined) {
      return wholeFile(path, expectedBytes, 'foreign_format', `the file ${foreign}`);
    }
    const areLanesUsed = rules.lanes !== undefined || areLanesWorth(expectedBytes);
    const work = { file, expectedBytes, rules: { ...rules, standsAt }, onBytes, signal };
    // A check of one's own cannot be sent to a thread.
    totals = areLanesUsed && rules.check === undefined ? await inLanes(work) : await oneByOne(work);
  } catch (error) {
    if (!isReadError(error)) throw error;
    return wholeFile(path, sizeBytes, 'unreadable', describeReadError(error));
  } finally {
    await file.close();
  }
  const { lines, keys, textLength, findings } = totals;
  if (lines === 0) return wholeFile(path, sizeBytes, 'no_lines', 'the file holds no request');
  return {
    path,
    sizeBytes,
    sha256: hash.digest('hex'),
    lines,
    keys,
    textLength,
    estimatedTokens: estimateTokens(textLength),
    findings,
  };
}

interface Work {
  readonly file: FileHandle;
  readonly expectedBytes: number;
  readonly rules: FileRules & { readonly standsAt: StandsAt };
  readonly onBytes: (bytes: Buffer) => void;
  readonly signal: AbortSignal | undefined;
}

async function oneByOne({ file, expectedBytes, rules, onBytes, signal }: Work): Promise<LineTotals> {
  const findings = createLineFindings(rules);
  const scanner = createLineScanner(findings);
  for await (const chunk of chunksOf(file, expectedBytes)) {
    signal?.throwIfAborted();
    onBytes(chunk);
    scanner.push(chunk);
  }
  scanner.end();
  return findings.totals();
}

async function inLanes({ file, rules, onBytes, signal }: Work): Promise<LineTotals> {
  const setup: InspectSetup = { model: rules.model };
  const lanes = rules.lanes?.() ?? startThreads<SegmentFindings>(LANE, setup);
  const joined = joinFindings(rules);
  try {
    await readInLanes(
      file,
      lanes,
      {
        onBytes,
        onAnswer: ({ segment, answer }) => joined.add(segment, answer),
        onSkipped: (line) => joined.skip(line),
      },
      signal,
    );
  } finally {
    await lanes.close();
  }
  return joined.totals();
}

const LANE = new URL('./inspect-lane.js', import.meta.url);

/** Looks at the first bytes and leaves the handle where it stands. */
async function readForeignFormat(file: FileHandle): Promise<string | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return recognizeForeignFormat(buffer.subarray(0, bytesRead));
}

const HEAD_BYTES = 4;

/** Reads the file once more at one place, which only two lines with the same key ask for. */
function holdsLine(fd: number, offset: number, line: Buffer): boolean {
  const there = Buffer.allocUnsafe(line.length);
  return readSync(fd, there, 0, line.length, offset) === line.length && there.equals(line);
}

function wholeFile(path: string, sizeBytes: number, kind: FindingKind, detail: string): FileReport {
  const findings = [{ kind, count: 1, first: [{ line: undefined, detail }] }];
  const nothing = { lines: 0, keys: 0, textLength: 0, estimatedTokens: 0 };
  return { path, sizeBytes, sha256: undefined, ...nothing, findings };
}
