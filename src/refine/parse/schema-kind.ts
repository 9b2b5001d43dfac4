import { readFile } from 'node:fs/promises';
import type { ZodType } from 'zod';
import { checkerOf } from '../../audit/check-schema.ts';
import { isObject, type JsonObject } from '../../input/check-line.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { diskError, errnoOf } from '../../state/disk-error.ts';
import type { RecordKind } from './record-kind.ts';

/**
 * Records of the user's own kind, by a JSON Schema of one record or of a list of them.
 * @throws {BatchSubmitError} `E_CONFIG` when the file holds no schema of an object, `E_DISK` when it cannot be read
 */
export async function readSchemaKind(path: string): Promise<RecordKind> {
  const whole = await readSchema(path);
  const schema =
    whole['type'] === 'array' && isObject(whole['items']) ? itemsOf(whole, whole['items']) : whole;
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const names = Object.keys(properties);
  if (names.length === 0) throw unusable(path, 'it names no properties of a record');
  const required = Array.isArray(schema['required'])
    ? schema['required'].filter((name) => typeof name === 'string')
    : [];
  const check = checkerOf(await compile(path, schema), schema);
  return {
    name: 'schema',
    properties: names,
    fields: names.filter((name) => isFreeText(properties[name])),
    question: undefined,
    answer: undefined,
    expected: [],
    looksLike: (value) => (required.length > 0 ? required : names).some((name) => Object.hasOwn(value, name)),
    check,
  };
}

/** The definitions of the list stay in reach of its items, which may be one of them. */
function itemsOf(whole: JsonObject, items: JsonObject): JsonObject {
  const { $defs = {}, definitions = {} } = whole;
  const [, place, name] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(refOf(items)) ?? [];
  const held = place === '$defs' ? $defs : definitions;
  const found = isObject(held) && name !== undefined ? held[name] : undefined;
  return { $defs, definitions, ...(isObject(found) ? found : items) };
}

function refOf({ $ref }: JsonObject): string {
  return typeof $ref === 'string' ? $ref : '';
}

/** A name, a date or one of some words is no text that could be compared or embedded. */
function isFreeText(property: unknown): boolean {
  if (!isObject(property)) return false;
  const { type } = property;
  const types = (Array.isArray(type) ? (type as unknown[]) : [type]).map((name) =>
    String(name).toLowerCase(),
  );
  const isPlain =
    property['enum'] === undefined && property['const'] === undefined && property['format'] === undefined;
  return types.includes('string') && isPlain;
}

async function readSchema(path: string): Promise<JsonObject> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') throw unusable(path, 'there is no such file', error);
    throw diskError('read', path, error);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (cause) {
    throw unusable(path, 'it is no JSON', cause);
  }
  throw unusable(path, 'it is no object');
}

async function compile(path: string, schema: JsonObject): Promise<ZodType> {
  const { fromJSONSchema, registry } = await import('zod');
  try {
    return fromJSONSchema(schema, { registry: registry() });
  } catch (cause) {
    throw unusable(path, cause instanceof Error ? cause.message : 'it cannot be read', cause);
  }
}

function unusable(path: string, why: string, cause?: unknown): BatchSubmitError {
  return new BatchSubmitError('E_CONFIG', `Cannot use the schema "${path}": ${why}`, {
    hint: 'give `--schema` a JSON Schema whose `properties` are the fields of one record',
    cause,
  });
}
