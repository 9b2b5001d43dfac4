import { isObject, type JsonObject } from './check-line.ts';

/** Length of all the text that a request sends. */
export function countText(request: JsonObject): number {
  return (
    lengthIn(request['contents']) +
    lengthIn(request['content']) +
    lengthIn(request['systemInstruction']) +
    lengthIn(request['system_instruction'])
  );
}

/** `contents` in all the forms that the service takes: a list of turns, one turn, or a text. */
function lengthIn(contents: unknown): number {
  if (contents === undefined) return 0;
  if (typeof contents === 'string') return contents.length;
  if (Array.isArray(contents)) {
    let total = 0;
    for (const content of contents) total += lengthIn(content);
    return total;
  }
  if (!isObject(contents)) return 0;
  const { text, parts } = contents;
  return (typeof text === 'string' ? text.length : 0) + lengthIn(parts);
}

/** What turns a text into more than itself: a request with one of these is meant as it stands. */
const GUIDES = [
  'systemInstruction',
  'system_instruction',
  'cachedContent',
  'cached_content',
  'tools',
  'content',
];

/** The text of a request that sends one text and nothing beside it. */
export function soleText(request: JsonObject): string | undefined {
  if (GUIDES.some((name) => request[name] !== undefined)) return undefined;
  const turn = soleOf(request['contents']);
  if (typeof turn === 'string') return turn;
  const part = isObject(turn) ? soleOf(turn['parts']) : undefined;
  if (typeof part === 'string') return part;
  const text = isObject(part) ? part['text'] : undefined;
  return typeof text === 'string' ? text : undefined;
}

function soleOf(value: unknown): unknown {
  return Array.isArray(value) ? (value.length === 1 ? (value as unknown[])[0] : undefined) : value;
}

export function configOf(request: JsonObject): JsonObject | undefined {
  const config = request['generationConfig'] ?? request['generation_config'];
  return isObject(config) ? config : undefined;
}
