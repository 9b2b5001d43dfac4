import { arrayField, isJsonObject, type JsonObject, objectField, stringField } from './json.ts';
import { createRandom, type Random } from './random.ts';
import { limitOf, plainSchema, typesOf } from './requested-json.ts';

/** Below this depth only what is required is filled in, so that a schema may contain itself. */
const DEEPEST = 6;

/** A value that satisfies a schema, the same for the same seed. */
export function schemaAnswer(schema: JsonObject, seed: number): unknown {
  return valueFor(schema, { root: schema, random: createRandom(seed), depth: 0 });
}

interface Making {
  readonly root: JsonObject;
  readonly random: Random;
  readonly depth: number;
}

function valueFor(schema: JsonObject, making: Making): unknown {
  const plain = plainSchema(schema, making.root);
  const options = arrayField(plain, 'enum');
  if ('const' in plain) return plain['const'];
  if (options !== undefined && options.length > 0)
    return options[making.random.integer(0, options.length - 1)];
  switch (typeFor(plain)) {
    case 'object':
      return objectFor(plain, making);
    case 'array':
      return arrayFor(plain, making);
    case 'integer':
      return integerFor(plain, making.random);
    case 'number':
      return numberFor(plain, making.random);
    case 'boolean':
      return making.random.next() < 0.5;
    case 'null':
      return null;
    default:
      return textFor(plain, making.random);
  }
}

function typeFor(plain: JsonObject): string {
  const types = typesOf(plain);
  const type = types.find((name) => name !== 'null') ?? types[0];
  if (type !== undefined) return type;
  if (objectField(plain, 'properties') !== undefined) return 'object';
  return objectField(plain, 'items') === undefined ? 'string' : 'array';
}

function objectFor(plain: JsonObject, { root, random, depth }: Making): JsonObject {
  const properties = objectField(plain, 'properties') ?? {};
  const required = (arrayField(plain, 'required') ?? []).filter((name) => typeof name === 'string');
  const names = depth < DEEPEST ? [...new Set([...Object.keys(properties), ...required])] : required;
  return Object.fromEntries(
    names.map((name) => {
      const property = properties[name];
      return [name, valueFor(isJsonObject(property) ? property : {}, { root, random, depth: depth + 1 })];
    }),
  );
}

function arrayFor(plain: JsonObject, { root, random, depth }: Making): readonly unknown[] {
  const items = objectField(plain, 'items') ?? {};
  const least = limitOf(plain, 'minItems') ?? 0;
  const wanted = depth < DEEPEST ? Math.max(least, 2) : least;
  const length = Math.min(wanted, limitOf(plain, 'maxItems') ?? wanted);
  return Array.from({ length }, () => valueFor(items, { root, random, depth: depth + 1 }));
}

function integerFor(plain: JsonObject, random: Random): number {
  const { low, high } = rangeOf(plain);
  const first = Math.ceil(low) === limitOf(plain, 'exclusiveMinimum') ? low + 1 : Math.ceil(low);
  const last = Math.floor(high) === limitOf(plain, 'exclusiveMaximum') ? high - 1 : Math.floor(high);
  return random.integer(first, Math.max(first, last));
}

function numberFor(plain: JsonObject, random: Random): number {
  const { low, high } = rangeOf(plain);
  // Well inside the range, where rounding cannot reach its ends.
  const value = low + (high - low) * (0.1 + 0.8 * random.next());
  return Number(value.toPrecision(12));
}

function rangeOf(plain: JsonObject): { readonly low: number; readonly high: number } {
  const least = limitOf(plain, 'minimum') ?? limitOf(plain, 'exclusiveMinimum');
  const most = limitOf(plain, 'maximum') ?? limitOf(plain, 'exclusiveMaximum');
  const low = least ?? Math.min(1, (most ?? 1) - 1);
  return { low, high: most ?? low + 99 };
}

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-09-28T12:00:00Z',
  date: '2026-09-28',
  time: '12:00:00Z',
  duration: 'PT12M',
  email: 'answer@emulated.invalid',
  uri: 'https://emulated.invalid/answer',
  uuid: '6f1d2c3b-4a59-4e68-9777-8695a4b3c2d1',
};

function textFor(plain: JsonObject, random: Random): string {
  const formatted = FORMATS[stringField(plain, 'format') ?? ''];
  if (formatted !== undefined) return formatted;
  // The id first: a short limit must not leave the same few letters in every answer.
  const text = `${random.id(8)} is an emulated answer`;
  const most = limitOf(plain, 'maxLength') ?? Number.POSITIVE_INFINITY;
  return text.padEnd(limitOf(plain, 'minLength') ?? 0, ', at some length').slice(0, most);
}
