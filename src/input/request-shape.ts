import { isObject, type JsonObject } from './check-line.ts';

/**
 * Why a request can never be one; follows "line 3 ". `undefined` when nothing stands against sending it.
 * Where the service expects a list it may take one object, as parsers of its JSON do, so that is no fault here.
 */
export function shapeFault(request: JsonObject): string | undefined {
  const { systemInstruction, system_instruction, generationConfig, generation_config } = request;
  return (
    mainFault(request) ??
    systemFault(systemInstruction, 'systemInstruction') ??
    systemFault(system_instruction, 'system_instruction') ??
    objectFault(generationConfig, 'generationConfig') ??
    objectFault(generation_config, 'generation_config')
  );
}

/** A request for an embedding has one content; a null is taken as if nothing stood there. */
function mainFault({ contents, content }: JsonObject): string | undefined {
  if (isUnset(content)) return contentsFault(contents);
  return contentFault(content, 'content') ?? (isUnset(contents) ? undefined : contentsFault(contents));
}

function contentsFault(contents: unknown): string | undefined {
  if (isObject(contents)) return contentFault(contents, 'contents');
  if (!isList(contents)) return otherThan('a list', contents, 'contents');
  if (contents.length === 0) return emptyList('contents');
  for (let index = 0; index < contents.length; index += 1) {
    const fault = contentFault(contents[index], 'contents', index);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function contentFault(content: unknown, path: string, index?: number): string | undefined {
  if (!isObject(content)) return otherThan('an object', content, placeOf(path, index));
  const { parts } = content;
  if (isUnset(parts)) return `has "${placeOf(path, index)}" without "parts"`;
  return hasGoodParts(parts) ? undefined : partsFault(parts, `${placeOf(path, index)}.parts`);
}

/** Text here is a slip that the libraries of the service forgive and the service does not. */
function systemFault(instruction: unknown, path: string): string | undefined {
  if (!isObject(instruction)) return objectFault(instruction, path);
  const { parts } = instruction;
  return isUnset(parts) || hasGoodParts(parts) ? undefined : partsFault(parts, `${path}.parts`);
}

function objectFault(value: unknown, path: string): string | undefined {
  return isUnset(value) || isObject(value) ? undefined : otherThan('an object', value, path);
}

/** Asked first of every request: only where it says no are the places put into words. */
function hasGoodParts(parts: unknown): boolean {
  if (!isList(parts)) return isObject(parts);
  for (const part of parts) if (!isObject(part)) return false;
  return parts.length > 0;
}

function partsFault(parts: unknown, path: string): string {
  if (!isList(parts)) return otherThan('a list', parts, path);
  if (parts.length === 0) return emptyList(path);
  const index = parts.findIndex((part) => !isObject(part));
  return otherThan('an object', parts[index], placeOf(path, index));
}

function placeOf(path: string, index: number | undefined): string {
  return index === undefined ? path : `${path}[${index}]`;
}

function emptyList(path: string): string {
  return `has "${path}" that is an empty list`;
}

function otherThan(expected: string, value: unknown, path: string): string {
  return `has "${path}" that is ${describe(value)}, not ${expected}`;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  return typeof value === 'number' ? 'a number' : `${value === true}`;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isUnset(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
