import { arrayField, isJsonObject, type JsonObject, objectField } from './json.ts';
import type { Random } from './random.ts';
import { fitsSchema } from './schema-fit.ts';
import { plainSchema } from './requested-json.ts';

/** Values of every JSON type. */
const STRANGERS: readonly unknown[] = ['many', 7.5, true, [], {}];

/**
 * A value much like `value` that does not fit the schema: without a required member, or with one of the
 * wrong type. Undefined when the schema allows all that was tried.
 */
export function breakSchema(value: unknown, schema: JsonObject, random: Random): unknown {
  const misfitsAmong = (variants: readonly unknown[]): readonly unknown[] =>
    variants.filter((variant) => !fitsSchema(variant, schema));
  const near = misfitsAmong(variantsOf(value, schema));
  const misfits = near.length > 0 ? near : misfitsAmong(retyped(value));
  return misfits.length === 0 ? undefined : misfits[random.integer(0, misfits.length - 1)];
}

function variantsOf(value: unknown, schema: JsonObject): readonly unknown[] {
  const plain = plainSchema(schema, schema);
  if (isJsonObject(value)) return objectVariants(value, plain);
  if (!Array.isArray(value) || value.length === 0) return [];
  const [first, ...rest]: readonly unknown[] = value;
  const items = plainSchema(objectField(plain, 'items') ?? {}, schema);
  const variants = isJsonObject(first) ? objectVariants(first, items) : retyped(first);
  return variants.map((variant) => [variant].concat(rest));
}

function objectVariants(value: JsonObject, plain: JsonObject): readonly unknown[] {
  const required = (arrayField(plain, 'required') ?? []).filter((name) => typeof name === 'string');
  const without = required.map((name) =>
    Object.fromEntries(Object.entries(value).filter(([other]) => other !== name)),
  );
  const strange = Object.entries(value).flatMap(([name, member]) =>
    retyped(member).map((stranger) => withMember(value, name, stranger)),
  );
  return [...without, ...strange];
}

function withMember(value: JsonObject, name: string, member: unknown): JsonObject {
  return { ...value, [name]: member };
}

/** Of another type than `value`: one that is only out of a range or an enum would be a lesser offence. */
function retyped(value: unknown): readonly unknown[] {
  return STRANGERS.filter((stranger) => typeName(stranger) !== typeName(value));
}

function typeName(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}
