/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** `end` is behind the last character that was looked at. */
export type ReadJson =
  | { readonly kind: 'whole'; readonly value: Json; readonly end: number }
  /** The text ended; `value` holds the items that were complete, and is absent when none could be told. */
  | { readonly kind: 'cut'; readonly value: Json | undefined; readonly end: number }
  /** What stands there is no JSON. */
  | { readonly kind: 'none'; readonly end: number };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;

/** Deeper nesting is nobody's answer. */
export const DEEPEST = 64;

/** An object or a list whose end was not met yet. */
interface Open {
  readonly list: Json[] | undefined;
  readonly members: Map<string, Json>;
  /** Of the member whose value comes next. */
  name: string | undefined;
  /** True after a value, when a comma or the end must follow. */
  isFull: boolean;
}

const BLANK = /[ \t\r\n]*/y;
const ATOM = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Reads the object or the list that begins at `start`. A comma before the end of one and a line break
 * within a text are forgiven, as models write them; everything else is as JSON has it.
 */
export function readJson(text: string, start: number): ReadJson {
  const open: Open[] = [];
  let at = start;
  while (true) {
    at = behind(BLANK, text, at) ?? at;
    if (at >= text.length) return { kind: 'cut', value: whatIsComplete(open), end: text.length };
    const character = text.charAt(at);
    const inner = open.at(-1);
    if (inner !== undefined && character === (inner.list === undefined ? '}' : ']')) {
      if (inner.name !== undefined) return { kind: 'none', end: at };
      open.pop();
      at += 1;
      const value = valueOf(inner);
      const outer = open.at(-1);
      if (outer === undefined) return { kind: 'whole', value, end: at };
      put(outer, value);
      continue;
    }
    if (inner?.isFull === true) {
      if (character !== ',') return { kind: 'none', end: at };
      inner.isFull = false;
      at += 1;
      continue;
    }
    if (inner !== undefined && inner.list === undefined && inner.name === undefined) {
      const name = readName(text, at);
      if (name.kind !== 'read') return giveUp(name.kind, open, at, text);
      inner.name = name.value;
      at = name.end;
      continue;
    }
    if (character === '{' || character === '[') {
      if (open.length === DEEPEST) return { kind: 'none', end: at };
      const list = character === '[' ? [] : undefined;
      open.push({ list, members: new Map(), name: undefined, isFull: false });
      at += 1;
      continue;
    }
    const scalar = readScalar(text, at);
    if (scalar.kind !== 'read' || inner === undefined) {
      return giveUp(scalar.kind === 'read' ? 'none' : scalar.kind, open, at, text);
    }
    put(inner, scalar.value);
    at = scalar.end;
  }
}

type Piece<T> =
  | { readonly kind: 'read'; readonly value: T; readonly end: number }
  | { readonly kind: 'none' | 'cut' };

function giveUp(kind: 'none' | 'cut', open: readonly Open[], at: number, text: string): ReadJson {
  return kind === 'none' ? { kind, end: at } : { kind, value: whatIsComplete(open), end: text.length };
}

/** A name and its colon. */
function readName(text: string, at: number): Piece<string> {
  const name = readText(text, at);
  if (name.kind !== 'read') return name;
  const colon = behind(BLANK, text, name.end) ?? name.end;
  if (colon >= text.length) return { kind: 'cut' };
  return text.charAt(colon) === ':' ? { ...name, end: colon + 1 } : { kind: 'none' };
}

function readScalar(text: string, at: number): Piece<Json> {
  if (text.charAt(at) === '"') return readText(text, at);
  const end = behind(ATOM, text, at);
  // A number at the very end may have had more digits, and a word at the end may be half of one.
  if (end === text.length) return { kind: 'cut' };
  if (end !== undefined) return parsed(text.slice(at, end), end);
  const isHalf = ['true', 'false', 'null'].some((word) => word.startsWith(text.slice(at)));
  return { kind: isHalf || /^-?\d*\.?$/.test(text.slice(at, at + 400)) ? 'cut' : 'none' };
}

function readText(text: string, at: number): Piece<string> {
  if (text.charAt(at) !== '"') return { kind: 'none' };
  let hasControls = false;
  // By characters and not by a pattern: one with a choice in a loop needs a stack as deep as the text is long.
  for (let end = at + 1; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === QUOTE) {
      const literal = text.slice(at, end + 1);
      return parsed<string>(hasControls ? escapeControls(literal) : literal, end + 1);
    }
    if (code === BACKSLASH) end += 1;
    else hasControls ||= code < FIRST_PRINTABLE;
  }
  return { kind: 'cut' };
}

/** A line break that stands in a string as it is, which models write and JSON forbids. */
function escapeControls(literal: string): string {
  return Array.from(literal, (letter) =>
    letter.charCodeAt(0) < FIRST_PRINTABLE ? JSON.stringify(letter).slice(1, -1) : letter,
  ).join('');
}

function parsed<T extends Json>(text: string, end: number): Piece<T> {
  try {
    return { kind: 'read', value: JSON.parse(text) as T, end }; // a literal of that kind was matched
  } catch {
    return { kind: 'none' };
  }
}

function behind(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function put(outer: Open, value: Json): void {
  if (outer.list !== undefined) outer.list.push(value);
  else if (outer.name !== undefined) outer.members.set(outer.name, value);
  outer.name = undefined;
  outer.isFull = true;
}

function valueOf({ list, members }: Open): Json {
  return list ?? Object.fromEntries(members);
}

/**
 * What can be saved of a value that the text ends in: lists with their complete items, and the objects around such a
 * list. An object that was being written is no item, and a list within a list is one.
 */
function whatIsComplete(open: readonly Open[]): Json | undefined {
  let saved: Json | undefined;
  for (const one of open.toReversed()) {
    if (one.list !== undefined) saved = one.list;
    else if (saved !== undefined && one.name !== undefined) {
      one.members.set(one.name, saved);
      saved = valueOf(one);
    } else saved = [...one.members.values()].some(Array.isArray) ? valueOf(one) : undefined;
  }
  return saved;
}
