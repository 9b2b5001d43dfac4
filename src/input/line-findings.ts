import { isUtf8 } from 'node:buffer';
import type { InputProblem, LineCheck, LineVerdict, ProblemReason } from './check-line.ts';
import type { LineReceiver } from './line-scanner.ts';

/** What the lines of one file came to. `problems` are the first five of `count`. */
interface LineTotals {
  readonly lines: number;
  readonly keyless: number;
  readonly problems: readonly InputProblem[];
  readonly count: number;
}

export interface LineFindings extends LineReceiver {
  totals(): LineTotals;
}

const PROBLEMS_KEPT = 5;

/** Parses and judges each line it receives, counts, and keeps the first problems. Blank lines do not count. */
export function createLineFindings(check: LineCheck): LineFindings {
  const problems: InputProblem[] = [];
  let count = 0;
  let lines = 0;
  let keyless = 0;

  const report = (reason: ProblemReason, line: number, fact: string): void => {
    count += 1;
    if (problems.length < PROBLEMS_KEPT) problems.push({ reason, line, detail: `line ${line} ${fact}` });
  };

  return {
    onLine(buffer, start, end, number) {
      if (isBlank(buffer, start, end)) return;
      lines += 1;
      const verdict = judge(buffer.subarray(start, end), check, problems.length < PROBLEMS_KEPT);
      if (!verdict.ok) report(verdict.reason, number, verdict.fact);
      else if (!verdict.hasKey) keyless += 1;
    },
    onTooLong(number) {
      lines += 1;
      report('line_too_long', number, 'is longer than 64 MiB');
    },
    totals: () => ({ lines, keyless, problems, count }),
  };
}

/**
 * Decodes as Latin-1, one character per byte, which takes half the time of UTF-8 with the parsing that
 * follows. The verdict is the same: all of JSON's own characters are ASCII, and inside a string any
 * byte above them is as good as the letter it is a part of. That these bytes are UTF-8 is asked apart.
 */
function judge(line: Buffer, check: LineCheck, isExplained: boolean): LineVerdict {
  if (!isUtf8(line)) return { ok: false, reason: 'invalid_utf8', fact: 'is not valid UTF-8' };
  if (line.length > LONG_LINE_BYTES && isDeep(line)) {
    return { ok: false, reason: 'too_deep', fact: `is nested more than ${DEEPEST} levels deep` };
  }
  let value: unknown;
  try {
    value = JSON.parse(line.toString('latin1'));
  } catch {
    if (!isExplained) return { ok: false, reason: 'invalid_json', fact: 'is not valid JSON' };
    return explainBadJson(line.toString('utf8'));
  }
  return check(value);
}

/** Only long lines are looked through for depth: parsed, each level takes far more memory than its bytes. */
const LONG_LINE_BYTES = 1024 ** 2;
const DEEPEST = 1000;

function isDeep(line: Buffer): boolean {
  let depth = 0;
  let isText = false;
  for (let index = 0; index < line.length; index += 1) {
    const byte = line[index];
    if (isText) {
      if (byte === 0x5c) index += 1;
      else if (byte === 0x22) isText = false;
    } else if (byte === 0x22) isText = true;
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      if (depth > DEEPEST) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return false;
}

/** JSON.parse repeats the content in its message, and input is private: only the kind and the place are kept. */
function explainBadJson(text: string): LineVerdict {
  if (text.startsWith('\uFEFF')) {
    return { ok: false, reason: 'byte_order_mark', fact: 'begins with a byte-order mark' };
  }
  if (text.includes('\0')) return { ok: false, reason: 'nul_byte', fact: 'holds a NUL byte' };
  const message = parseMessage(text);
  const position = / at position (\d{1,12})(?: \(line \d+ column \d+\))?$/.exec(message)?.[1];
  const isCutOff = /^Unexpected end|^Unterminated/.test(message);
  const place = position === undefined ? '' : ` (at character ${Number(position) + 1})`;
  const fact = isCutOff ? 'is not valid JSON: it ends too early' : `is not valid JSON${place}`;
  return { ok: false, reason: 'invalid_json', fact };
}

function parseMessage(text: string): string {
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

function isBlank(buffer: Buffer, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const byte = buffer[index];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}
