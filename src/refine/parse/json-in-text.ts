import { DEEPEST, readJson, type Json } from './read-json.ts';

/** An object or a list that stands somewhere in a text. */
export interface FoundJson {
  readonly value: Json;
  /** False when the text ends inside it: it then holds the items that were complete. */
  readonly isWhole: boolean;
  /** An object that is no JSON: its value has the names that could be read, without what belongs to them. */
  readonly isBroken?: true;
}

/**
 * The objects and lists in a text, in order, wherever they stand: bare, in Markdown fences, with prose around them,
 * several of them, or the last one cut off. Of one that was cut, the items of its lists that were complete are kept,
 * and what was being written is left out, so that nothing half-written is ever taken for an answer.
 *
 * The work is bounded by the length of the text, whatever the text.
 */
export function jsonInText(text: string): readonly FoundJson[] {
  const whole = soleJson(text);
  if (whole !== undefined) return [{ value: whole, isWhole: true }];
  const found: FoundJson[] = [];
  // Brackets in prose are tried and given up; a text that is made of them is not worth more than this.
  let budget = 1000 + 4 * text.length;
  let at = nextBracket(text, 0);
  while (at !== -1 && budget > 0) {
    const read = readJson(text, at);
    budget -= read.end - at + 1;
    if (read.kind === 'whole') found.push({ value: read.value, isWhole: true });
    if (read.kind === 'cut' && read.value !== undefined) found.push({ value: read.value, isWhole: false });
    const names = read.kind === 'none' ? namesIn(text.slice(at, read.end)) : undefined;
    if (names !== undefined) found.push({ value: names, isWhole: true, isBroken: true });
    at = nextBracket(text, read.kind === 'none' ? at + 1 : read.end);
  }
  return found;
}

/** The names of an object that breaks off before another begins in it; of any other text `undefined`. */
function namesIn(text: string): Json | undefined {
  if (!/^\{\s*"/.test(text) || /\{\s*"/.test(text.slice(1))) return undefined;
  const names = Array.from(text.matchAll(/"([^"\\]*)"\s*:/g), ([, name = '']) => [name, null] as const);
  return Object.fromEntries(names);
}

function nextBracket(text: string, from: number): number {
  const bracket = /[{[]/g;
  bracket.lastIndex = from;
  return bracket.exec(text)?.index ?? -1;
}

/** The one value of a text that holds no bracket outside it, as most answers are: the fast way. */
function soleJson(text: string): Json | undefined {
  const start = nextBracket(text, 0);
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
  if (start === -1 || end < start) return undefined;
  try {
    const value = JSON.parse(text.slice(start, end + 1)) as Json; // begins with a bracket
    return isShallow(value, DEEPEST) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isShallow(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((member: Json) => isShallow(member, levels - 1));
}
