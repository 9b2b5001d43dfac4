import type { Fields } from '../answer-record.ts';
import { jsonInText } from './json-in-text.ts';
import type { Json } from './read-json.ts';
import type { RecordKind } from './record-kind.ts';

/** What an answer holds. */
export interface AnswerItems {
  /** In the order of the text, sound or not; `undefined` for a record that is no JSON. */
  readonly items: readonly (Fields | undefined)[];
  /** The text ends within an object or a list: the items before that are here. */
  readonly isCut: boolean;
  readonly hasJson: boolean;
}

/** Takes the records out of the text of an answer, however the model wrapped them. */
export function itemsIn(text: string, kind: RecordKind): AnswerItems {
  const inner = quotedText(text);
  if (inner !== undefined) return itemsIn(inner, kind);
  const found = jsonInText(text);
  const items: (Fields | undefined)[] = [];
  for (const { value, isBroken } of found) {
    if (isBroken === undefined) collect(value, kind, items);
    else if (isFields(value) && kind.looksLike(value)) items.push(undefined);
  }
  const hasJson = items.length > 0 || found.some(({ isBroken }) => isBroken === undefined);
  return { items, isCut: found.some(({ isWhole }) => !isWhole), hasJson };
}

/**
 * An object that looks like a record is one, and what is in it is its own. Any other is a wrapper, if there are
 * objects in it, and else a record that went wrong.
 */
function collect(value: Json, kind: RecordKind, items: (Fields | undefined)[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (isList(value)) {
    for (const member of value) collect(member, kind, items);
    return;
  }
  const inner = kind.looksLike(value) ? [] : Object.values(value).filter((member) => holdsObjects(member));
  if (inner.length === 0) items.push(value);
  for (const member of inner) collect(member, kind, items);
}

function holdsObjects(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return isList(value) ? value.some((member) => holdsObjects(member)) : true;
}

function isFields(value: Json): value is Fields {
  return typeof value === 'object' && value !== null && !isList(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** An answer that was encoded twice is a JSON text in a JSON text. */
function quotedText(text: string): string | undefined {
  if (!text.trimStart().startsWith('"')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
