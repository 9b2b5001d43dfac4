const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENERS: ReadonlySet<number> = new Set([0x7b, 0x5b]);
const CLOSERS: ReadonlySet<number> = new Set([0x7d, 0x5d]);
const COMMA = 0x2c;
const COLON = 0x3a;

/** A stretch of bytes: from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the value of the outermost member `key` stands in a line of valid JSON; of several the last one
 * counts, as for `JSON.parse`. `undefined` when there is none.
 */
export function findKeyMember(line: Buffer): Span | undefined {
  if (!mayNameKey(line)) return undefined;
  let depth = 0;
  let found: Span | undefined;
  /** Where the value under way began, if it is one of `key`. */
  let valueStart: number | undefined;
  let name: Span | undefined;
  for (let at = 0; at < line.length; at += 1) {
    const byte = line[at] ?? 0;
    if (byte === QUOTE) {
      const end = endOfString(line, at);
      if (depth === 1 && valueStart === undefined) name = { start: at, end };
      at = end - 1;
    } else if (OPENERS.has(byte)) {
      depth += 1;
    } else if (byte === COLON && depth === 1 && name !== undefined) {
      valueStart = isKey(line, name) ? at + 1 : -1;
      name = undefined;
    } else if (CLOSERS.has(byte) || (byte === COMMA && depth === 1)) {
      if (depth === 1 && valueStart !== undefined && valueStart > 0) found = { start: valueStart, end: at };
      if (depth === 1) valueStart = undefined;
      if (byte !== COMMA) depth -= 1;
    }
  }
  return found;
}

/** Two searches that cost next to nothing, where the look at each byte would find nothing in the end. */
function mayNameKey(line: Buffer): boolean {
  return line.includes('"key"') || line.includes(LETTER_ESCAPE);
}

/** How an escape of any letter of `key` begins. */
const LETTER_ESCAPE = '\\u00';

/** Names may be written with escapes: `"\u006bey"` is the same name. */
function isKey(line: Buffer, name: Span): boolean {
  return JSON.parse(line.toString('utf8', name.start, name.end)) === 'key';
}

function endOfString(line: Buffer, start: number): number {
  let at = start + 1;
  while (at < line.length && line[at] !== QUOTE) at += line[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}
