/** Where a text stops being JSON that can be trusted. `offset` counts UTF-16 units from 0, `line` from 1. */
export interface JsonFault {
  readonly what: string;
  readonly offset: number;
  readonly line: number;
}

/** Far deeper than any state, far shallower than the stack of `JSON.parse`. */
export const DEEPEST = 64;
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Finds what `JSON.parse` would refuse, and what it would take without a word: a key given twice, a
 * key that reaches a prototype, a number that does not survive. `undefined` when there is no fault.
 * Unlike the message of `JSON.parse`, the answer always has a place and never repeats the content.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const scan: Scan = { text, at: 0, open: [] };
  try {
    scanText(scan);
    return undefined;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { what: error.message, offset: scan.at, line: text.slice(0, scan.at).split('\n').length };
  }
}

interface Scan {
  readonly text: string;
  at: number;
  /** The objects (with the keys seen) and arrays that are open here, outermost first. */
  readonly open: (Set<string> | 'array')[];
}

class Fault extends Error {}

/** Sticky: each use sets where it looks. */
const SPACE = /[ \t\r\n]*/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;

/** Iterative, so that depth is a number to compare and not a stack to overflow. */
function scanText(scan: Scan): void {
  do {
    scanValue(scan);
    while (scan.open.length > 0 && !takeComma(scan)) scan.open.pop();
  } while (scan.open.length > 0);
  skipSpace(scan);
  if (scan.at < scan.text.length) throw new Fault('it is not JSON: something follows its end');
}

/** Reads one scalar or empty container; a container with content is opened, up to its first scalar. */
function scanValue(scan: Scan): void {
  for (;;) {
    skipSpace(scan);
    const character = scan.text[scan.at];
    if (character === '"') return scanString(scan);
    if (character !== '{' && character !== '[') return scanScalar(scan);
    if (scan.open.length === DEEPEST) throw new Fault(`it is nested more than ${DEEPEST} levels deep`);
    scan.at += 1;
    skipSpace(scan);
    if (scan.text[scan.at] === (character === '{' ? '}' : ']')) {
      scan.at += 1;
      return;
    }
    scan.open.push(character === '{' ? new Set<string>() : 'array');
    scanKeyIfObject(scan);
  }
}

/** True when another member of the innermost container follows; false when that container was closed. */
function takeComma(scan: Scan): boolean {
  skipSpace(scan);
  const character = scan.text[scan.at];
  const closing = scan.open.at(-1) === 'array' ? ']' : '}';
  if (character !== ',' && character !== closing) throw notJson(scan);
  scan.at += 1;
  if (character === closing) return false;
  skipSpace(scan);
  scanKeyIfObject(scan);
  return true;
}

function scanKeyIfObject(scan: Scan): void {
  const keys = scan.open.at(-1);
  if (keys === undefined || keys === 'array') return;
  if (scan.text[scan.at] !== '"') throw notJson(scan);
  const start = scan.at;
  scanString(scan);
  // The text between the quotes was just found to be a JSON string.
  const key = JSON.parse(scan.text.slice(start, scan.at)) as string;
  if (FORBIDDEN_KEYS.has(key)) throw new Fault(`the key "${key}" is not allowed`);
  if (keys.has(key)) throw new Fault('the same key is given twice');
  keys.add(key);
  skipSpace(scan);
  if (scan.text[scan.at] !== ':') throw notJson(scan);
  scan.at += 1;
}

/** By character, not by pattern: a pattern backtracks, and a long string can exhaust its stack. */
function scanString(scan: Scan): void {
  const { text } = scan;
  for (scan.at += 1; scan.at < text.length; scan.at += 1) {
    const code = text.charCodeAt(scan.at);
    if (code === 0x22) {
      scan.at += 1;
      return;
    }
    if (code < 0x20) throw notJson(scan);
    if (code === 0x5c) {
      ESCAPE.lastIndex = scan.at + 1;
      if (!ESCAPE.test(text)) throw notJson(scan);
      scan.at = ESCAPE.lastIndex - 1;
    }
  }
  throw notJson(scan);
}

function scanScalar(scan: Scan): void {
  SCALAR.lastIndex = scan.at;
  const word = SCALAR.exec(scan.text)?.[0];
  if (word === undefined) throw notJson(scan);
  if (/\d/.test(word)) {
    const value = Number(word);
    const isExact = /^-?\d+$/.test(word) ? Number.isSafeInteger(value) : Number.isFinite(value);
    if (!isExact) throw new Fault('it holds a number that is too large');
  }
  scan.at += word.length;
}

function skipSpace(scan: Scan): void {
  SPACE.lastIndex = scan.at;
  SPACE.test(scan.text);
  scan.at = SPACE.lastIndex;
}

function notJson(scan: Scan): Fault {
  return new Fault(scan.at >= scan.text.length ? 'it is not JSON: it ends too early' : 'it is not JSON');
}
