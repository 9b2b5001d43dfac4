import { isObject } from '../../input/check-line.ts';
import type { Fields } from '../answer-record.ts';
import { jsonInText } from './json-in-text.ts';
import { labelledPairs } from './labelled-pairs.ts';
import type { Json } from './read-json.ts';
import type { RecordKind } from './record-kind.ts';

/** What a request asked for. */
export interface Prompt {
  /** How many records the answer should hold, any of these; none where the prompt does not say. */
  readonly wanted: readonly number[];
  /** The item that a record with this id answers. */
  sourceOf(id: Json | undefined): Fields | undefined;
}

export const NO_PROMPT: Prompt = { wanted: [], sourceOf: () => undefined };

/**
 * Reads from a request what it wants back: one record for each item of the longest list in its prompt, be it JSON or
 * lines such as `Q1: … A1: …`, or as many as words such as `write 20 pairs` say.
 * @param line of the input file
 */
export function readPrompt(line: Uint8Array, kind: RecordKind): Prompt {
  const text = promptText(line);
  if (text === undefined) return NO_PROMPT;
  const sources = sourcesIn(text, kind);
  const said = numberIn(text);
  const wanted = [
    ...new Set([...(said === undefined ? [] : [said]), ...(sources.length === 0 ? [] : [sources.length])]),
  ];
  return sources.length === 0 ? { ...NO_PROMPT, wanted } : { wanted, sourceOf: findById(sources) };
}

function promptText(line: Uint8Array): string | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString());
    if (!isObject(value)) return undefined;
    const request = isObject(value['request']) ? value['request'] : value;
    const texts: string[] = [];
    gather(request['contents'] ?? request['content'], texts);
    return texts.join('\n');
  } catch {
    return undefined;
  }
}

/** `contents` in all the forms that the service takes: a list of turns, one turn, or a text. */
function gather(contents: unknown, texts: string[]): void {
  if (typeof contents === 'string') texts.push(contents);
  else if (Array.isArray(contents)) for (const one of contents as unknown[]) gather(one, texts);
  else if (isObject(contents)) {
    gather(contents['text'], texts);
    gather(contents['parts'], texts);
  }
}

/** The longest list of objects that is no example of the answer. */
function sourcesIn(text: string, kind: RecordKind): readonly Fields[] {
  let longest: Fields[] = [];
  const look = (value: Json): void => {
    if (typeof value !== 'object' || value === null) return;
    const members: readonly Json[] = Object.values(value);
    if (Array.isArray(value)) {
      const objects = members.filter((one): one is Fields => isObject(one) && !kind.looksLike(one as Fields));
      if (objects.length > longest.length) longest = objects;
    }
    for (const member of members) look(member);
  };
  for (const { value, isBroken } of jsonInText(text)) if (isBroken === undefined) look(value);
  return longest.length > 0 ? longest : labelledPairs(text);
}

/** In the order in which they are asked for: an item has one of these where it has an id at all. */
const IDS = ['pair_id', 'qa_id', 'id', 'pair_number', 'number', 'pairId', 'qaId'] as const;

/** Items without ids are known by their number in the list, as a model counts them. */
function findById(sources: readonly Fields[]): Prompt['sourceOf'] {
  const name = IDS.find((id) => sources.every((source) => isId(source[id])));
  const byId = new Map<string, Fields | undefined>();
  for (const [index, source] of sources.entries()) {
    const id = name === undefined ? String(index + 1) : idText(source[name]);
    // Of two that are called the same, nobody can say which one is meant.
    byId.set(id, byId.has(id) ? undefined : source);
  }
  return (id) => (isId(id) ? byId.get(String(id)) : undefined);
}

function idText(value: Json | undefined): string {
  return isId(value) ? String(value) : '';
}

function isId(value: Json | undefined): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && value !== '');
}

const COUNTED =
  /\b(?<count>\d{1,5})\s+(?:[a-z][\w&/'-]*\s+){0,3}(?:pairs?|questions?|records?|entries|examples|rows)\b(?=(?<behind>.{0,40}))/giu;
const DISTRIBUTED = /\b(?:each|every|per)\b/i;

/** The one number of records that the words ask for; none where they give two, or so many for each of something. */
function numberIn(text: string): number | undefined {
  const words = text.slice(0, WORDS).concat('\n', text.slice(Math.max(WORDS, text.length - WORDS)));
  const counts = new Set<number>();
  for (const { groups } of words.matchAll(COUNTED)) {
    if (DISTRIBUTED.test(groups?.['behind'] ?? '')) return undefined;
    counts.add(Number(groups?.['count']));
  }
  const [count] = counts;
  return counts.size === 1 && count !== undefined && count > 0 ? count : undefined;
}

/** Instructions stand at the beginning or at the end of a prompt; what is between is material. */
const WORDS = 2000;
