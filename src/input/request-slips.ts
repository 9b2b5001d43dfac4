import { nearest } from '../model/nearest.ts';
import { isObject, type JsonObject } from './check-line.ts';
import {
  CONTENT,
  EMBED_REQUEST,
  GENERATE_REQUEST,
  GENERATION_CONFIG,
  isKnownRole,
  type KnownNames,
  PART,
} from './known-names.ts';
import { configOf } from './request-text.ts';
import type { Warn } from './request-warnings.ts';

/**
 * What is most likely a slip of the writer in a request of the right shape: a name or a role that the service
 * does not know, an object in place of a list, a part with nothing in it. The service may know more than this
 * program, so none of it is an error.
 */
export function warnOfSlips(request: JsonObject, isBare: boolean, warn: Warn): void {
  const { contents, content } = request;
  const known = contents === undefined ? EMBED_REQUEST : GENERATE_REQUEST;
  for (const name in request) {
    // Beside a request that stands alone, the key is no member of it.
    if (known.all[name] !== true && !(isBare && name === 'key')) warnOfName(name, known, 'the request', warn);
  }
  const config = configOf(request);
  if (config !== undefined) warnOfNames(config, GENERATION_CONFIG, '"generationConfig"', warn);
  if (isObject(contents)) {
    warn('single_object', 'has "contents" that is one object, not a list');
    warnOfTurn(contents, warn);
  } else if (Array.isArray(contents)) for (const turn of contents) warnOfTurn(turn, warn);
  warnOfContent(content, warn);
  warnOfContent(request['systemInstruction'] ?? request['system_instruction'], warn);
}

function warnOfTurn(turn: unknown, warn: Warn): void {
  if (isObject(turn) && !isKnownRole(turn['role'])) {
    warn('unknown_role', 'has a "role" in "contents" that is neither "user" nor "model"');
  }
  warnOfContent(turn, warn);
}

function warnOfContent(content: unknown, warn: Warn): void {
  if (!isObject(content)) return;
  warnOfNames(content, CONTENT, 'a content', warn);
  const { parts } = content;
  if (Array.isArray(parts)) for (const part of parts) warnOfPart(part, warn);
  else if (isObject(parts)) {
    warn('single_object', 'has "parts" that is one object, not a list');
    warnOfPart(parts, warn);
  }
}

function warnOfPart(part: unknown, warn: Warn): void {
  if (!isObject(part)) return;
  if (!warnOfNames(part, PART, 'a part', warn)) warn('empty_part', 'has a part with nothing in it');
}

/** @returns whether there is any name */
function warnOfNames(object: JsonObject, known: KnownNames, place: string, warn: Warn): boolean {
  let hasName = false;
  for (const name in object) {
    hasName = true;
    if (known.all[name] !== true) warnOfName(name, known, place, warn);
  }
  return hasName;
}

/** Apart from the loops: a closure within them would cost every name of every line its own memory. */
function warnOfName(name: string, known: KnownNames, place: string, warn: Warn): void {
  warn('unknown_field', () => `has ${shown(name)} in ${place}${hintFor(name, known)}`);
}

/** Only what looks like a name is repeated: anything else may be content that has got there by mistake. */
function shown(name: string): string {
  return /^\w{1,40}$/.test(name) ? `"${name}"` : 'an unknown name';
}

/** A setting of the generation is often put beside the object that it belongs in. */
function hintFor(name: string, known: KnownNames): string {
  const own = nearest(name, known.camelCase);
  if (own !== undefined) return `: did you mean "${own}"?`;
  const setting = known === GENERATE_REQUEST ? nearest(name, GENERATION_CONFIG.camelCase) : undefined;
  return setting === undefined ? '' : `: did you mean "${setting}" in "generationConfig"?`;
}
