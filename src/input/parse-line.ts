import { isUtf8 } from 'node:buffer';
import type { Fact } from './check-line.ts';
import type { FindingKind } from './finding.ts';

type ParsedLine =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: FindingKind; readonly fact: Fact };

/**
 * Decodes as Latin-1, one character per byte, which takes half the time of UTF-8 with the parsing that
 * follows. The verdict is the same: all of JSON's own characters are ASCII, and inside a string any
 * byte above them is as good as the letter it is a part of. That these bytes are UTF-8 is asked apart.
 */
export function parseLine(line: Buffer): ParsedLine {
  if (!isUtf8(line)) {
    return {
      ok: false,
      reason: 'invalid_utf8',
      fact: () => `is not valid UTF-8 at byte ${firstBadByte(line) + 1}`,
    };
  }
  if (line.length > LONG_LINE_BYTES && isDeep(line)) {
    return { ok: false, reason: 'too_deep', fact: `is nested more than ${DEEPEST} levels deep` };
  }
  try {
    return { ok: true, value: JSON.parse(line.toString('latin1')) };
  } catch {
    return explainBadJson(line);
  }
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

const MARK = Buffer.from('\uFEFF');
const WINDOW_BYTES = 64 * 1024;

/** The offset of the first byte that belongs to no character. Looks at one window after the other. */
function firstBadByte(line: Buffer): number {
  for (let start = 0; start < line.length;) {
    let end = Math.min(start + WINDOW_BYTES, line.length);
    // Not within a character: its later bytes are 10xxxxxx, and it has at most three of them.
    for (let back = 0; back < 3 && end < line.length && ((line[end] ?? 0) & 0xc0) === 0x80; back += 1)
      end -= 1;
    const part = line.subarray(start, end);
    if (!isUtf8(part)) {
      let valid = 0;
      for (const character of part.toString('utf8')) {
        const bytes = Buffer.from(character);
        if (!part.subarray(valid, valid + bytes.length).equals(bytes)) break;
        valid += bytes.length;
      }
      return start + valid;
    }
    start = end;
  }
  return line.length;
}

/** JSON.parse repeats the content in its message, and input is private: only the kind and the place are kept. */
function explainBadJson(line: Buffer): ParsedLine {
  if (line.subarray(0, MARK.length).equals(MARK)) {
    return { ok: false, reason: 'byte_order_mark', fact: 'begins with a byte-order mark' };
  }
  if (line.includes(0)) return { ok: false, reason: 'nul_byte', fact: 'holds a NUL byte' };
  return {
    ok: false,
    reason: 'invalid_json',
    fact() {
      const message = parseMessage(line.toString('utf8'));
      const position = / at position (\d{1,12})(?: \(line \d+ column \d+\))?$/.exec(message)?.[1];
      const isCutOff = /^Unexpected end|^Unterminated/.test(message);
      const place = position === undefined ? '' : ` (at character ${Number(position) + 1})`;
      return isCutOff ? 'is not valid JSON: it ends too early' : `is not valid JSON${place}`;
    },
  };
}

function parseMessage(text: string): string {
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}
