import { isObject, type JsonObject } from '../input/check-line.ts';

/**
 * Turns a schema as Gemini takes it into plain JSON Schema of the few keywords that can be checked
 * without a false alarm. It takes both dialects, the OpenAPI-like one of `responseSchema` (types in
 * capitals, `nullable`, counts as strings) and the JSON Schema of `responseJsonSchema`.
 *
 * What is left out can only let more answers pass, as nothing that is kept negates: so `not` and
 * `if` are dropped, `oneOf` is read as `anyOf` (the service does the same), and so are `format` and
 * `pattern` (a hint for the service, and in the syntax of another language).
 */
export function translateSchema(schema: unknown): JsonObject {
  const definitions = isObject(schema) ? definitionsOf(schema) : {};
  const root = translate(schema, definitions);
  const translated = Object.entries(definitions).map(([name, definition]) => [
    name,
    translate(definition, definitions),
  ]);
  return { ...root, $defs: Object.fromEntries(translated) as JsonObject };
}

function definitionsOf(schema: JsonObject): JsonObject {
  const { $defs, definitions, defs } = schema;
  return Object.fromEntries(
    [definitions, defs, $defs].flatMap((held) => (isObject(held) ? Object.entries(held) : [])),
  );
}

function translate(schema: unknown, definitions: JsonObject): JsonObject {
  if (!isObject(schema)) return {};
  const inner = (sub: unknown): JsonObject => translate(sub, definitions);
  const { types, isNullable } = readTypes(schema);
  const form = formOf(schema, types, definitions, inner);
  return isNullable ? { anyOf: [form, { type: 'null' }] } : form;
}

function formOf(
  schema: JsonObject,
  types: readonly string[],
  definitions: JsonObject,
  inner: (sub: unknown) => JsonObject,
): JsonObject {
  const ref = schema['$ref'];
  if (ref !== undefined) return readRef(ref, definitions);
  const { allOf } = schema;
  // Older pydantic wraps each reference so. Several at once are beyond what the service takes.
  if (Array.isArray(allOf) && allOf.length === 1 && types.length === 0) return inner(allOf[0]);
  const choices = schema['anyOf'] ?? schema['any_of'] ?? schema['oneOf'];
  if (Array.isArray(choices) && choices.length > 0 && !isObject(schema['properties'])) {
    return { anyOf: choices.map(inner) };
  }
  const values = readValues(schema, types);
  if (values !== undefined) return { enum: values };
  if (types.length === 0) return {};
  const forms = types.map((type) => ({ ...CHECKS[type]?.(schema, inner) }));
  return forms.length === 1 ? (forms[0] ?? {}) : { anyOf: forms };
}

type Check = (schema: JsonObject, inner: (sub: unknown) => JsonObject) => JsonObject;

const CHECKS: Readonly<Record<string, Check>> = {
  string: (schema) => ({
    type: 'string',
    ...counted(schema, 'minLength', 'min_length'),
    ...counted(schema, 'maxLength', 'max_length'),
  }),
  number: (schema) => ({ type: 'number', ...bounds(schema) }),
  // Not zod's integer, which refuses those above 2^53.
  integer: (schema) => ({ type: 'number', multipleOf: 1, ...bounds(schema) }),
  boolean: () => ({ type: 'boolean' }),
  null: () => ({ type: 'null' }),
  array: (schema, inner) => ({
    type: 'array',
    items: inner(schema['items']),
    ...(Array.isArray(schema['prefixItems']) && { prefixItems: schema['prefixItems'].map(inner) }),
    ...counted(schema, 'minItems', 'min_items'),
    ...counted(schema, 'maxItems', 'max_items'),
  }),
  object: (schema, inner) => ({
    type: 'object',
    ...properties(schema, inner),
    ...counted(schema, 'minProperties', 'min_properties'),
    ...counted(schema, 'maxProperties', 'max_properties'),
  }),
};

function properties(schema: JsonObject, inner: (sub: unknown) => JsonObject): JsonObject {
  const held = schema['properties'];
  if (!isObject(held)) return {};
  // zod reads a property through the prototype, where these are functions: they may be anything.
  const isInherited = (name: string): boolean => name in Object.prototype;
  const translated = Object.entries(held).map(([name, sub]) => [name, isInherited(name) ? {} : inner(sub)]);
  const named: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const required = named.filter(
    (name) => typeof name === 'string' && Object.hasOwn(held, name) && !isInherited(name),
  );
  const others = schema['additionalProperties'] ?? schema['additional_properties'];
  const areOthersNamed = isObject(schema['patternProperties']);
  return {
    properties: Object.fromEntries(translated) as JsonObject,
    required,
    ...(others === false && !areOthersNamed && { additionalProperties: false }),
    ...(isObject(others) && !areOthersNamed && { additionalProperties: inner(others) }),
  };
}

/** `type` in small letters; null beside others becomes `isNullable`. With a type that is unknown, none counts. */
function readTypes(schema: JsonObject): { readonly types: readonly string[]; readonly isNullable: boolean } {
  const { type, nullable } = schema;
  const listed: readonly unknown[] = Array.isArray(type) ? type : [type];
  const names = listed.map((name) => (typeof name === 'string' ? name.toLowerCase() : ''));
  const types = names.every((name) => Object.hasOwn(CHECKS, name)) ? names : [];
  const others = types.filter((name) => name !== 'null');
  if (others.length === 0) return { types, isNullable: nullable === true };
  return { types: others, isNullable: nullable === true || others.length < types.length };
}

/** An `enum` in Gemini's dialect is a list of strings whatever the type is: only one that fits it counts. */
function readValues(schema: JsonObject, types: readonly string[]): readonly unknown[] | undefined {
  const values: unknown = schema['const'] === undefined ? schema['enum'] : [schema['const']];
  if (!Array.isArray(values) || values.length === 0) return undefined;
  const fits = values.every((value) => {
    if (value === null) return true;
    const type = typeof value;
    if (type !== 'string' && type !== 'number' && type !== 'boolean') return false;
    return types.length === 0 || types.includes(type) || (type === 'number' && types.includes('integer'));
  });
  return fits ? (values as unknown[]) : undefined;
}

/** Only a reference to one of the root's definitions, or to the root itself, is followed. */
function readRef(ref: unknown, definitions: JsonObject): JsonObject {
  if (ref === '#') return { $ref: '#' };
  const name =
    typeof ref === 'string' ? /^#\/(?:\$defs|definitions|defs)\/([^/]+)$/.exec(ref)?.[1] : undefined;
  const plain = name?.replaceAll('~1', '/').replaceAll('~0', '~');
  if (name === undefined || plain === undefined || !Object.hasOwn(definitions, plain)) return {};
  return { $ref: `#/$defs/${name}` };
}

const BOUNDS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'] as const;

function bounds(schema: JsonObject): JsonObject {
  return Object.fromEntries(
    BOUNDS.flatMap((name) => {
      const bound = schema[name];
      return typeof bound === 'number' ? [[name, bound]] : [];
    }),
  );
}

/** Gemini's counts are int64, which Google's JSON writes as strings. */
function counted(schema: JsonObject, name: string, snake: string): JsonObject {
  const value = schema[name] ?? schema[snake];
  const count = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && count >= 0 ? { [name]: count } : {};
}
