import { arrayField, field, isJsonObject, type JsonObject, objectField, stringField } from './json.ts';

/** `$ref`s and first branches that lead nowhere are given up after so many steps. */
const MOST_STEPS = 32;

/** The schema that the answer to a request has to satisfy, in Google's form or as JSON Schema. */
export function schemaOf(request: JsonObject): JsonObject | undefined {
  const config = objectField(request, 'generationConfig') ?? {};
  return objectField(config, 'responseSchema') ?? objectField(config, 'responseJsonSchema');
}

/** Whether the answer to a request has to be JSON. */
export function wantsJson(request: JsonObject): boolean {
  const config = objectField(request, 'generationConfig') ?? {};
  return stringField(config, 'responseMimeType') === 'application/json' || schemaOf(request) !== undefined;
}

/** Follows a `$ref` such as `#/$defs/pair` to the schema it names. */
export function followRef(schema: JsonObject, root: JsonObject): JsonObject {
  let current = schema;
  for (let step = 0; step < MOST_STEPS && typeof current['$ref'] === 'string'; step += 1) {
    let target: unknown = root;
    for (const name of current['$ref'].replace(/^#\/?/u, '').split('/')) {
      if (name !== '') target = isJsonObject(target) ? target[name] : undefined;
    }
    current = isJsonObject(target) ? target : {};
  }
  return current;
}

/** The alternatives of a schema; undefined when it has none. */
export function branchesOf(schema: JsonObject): readonly JsonObject[] | undefined {
  return (arrayField(schema, 'anyOf') ?? arrayField(schema, 'oneOf'))?.filter(isJsonObject);
}

/** The schema that an answer is made by: references followed, the first alternative taken. */
export function plainSchema(schema: JsonObject, root: JsonObject): JsonObject {
  let current = followRef(schema, root);
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const [first] = branchesOf(current) ?? [];
    if (first === undefined) break;
    const { anyOf: _anyOf, any_of: _any, oneOf: _oneOf, one_of: _one, ...rest } = current;
    current = { ...rest, ...followRef(first, root) };
  }
  return current;
}

/** The types a schema names, in lower case: Google writes them in capitals. */
export function typesOf(schema: JsonObject): readonly string[] {
  const type = schema['type'];
  const types = (Array.isArray(type) ? type : [type]).filter((name) => typeof name === 'string');
  return types.map((name) => name.toLowerCase()).filter((name) => name !== 'type_unspecified');
}

/** A limit of a schema. Google's form carries int64 as text. */
export function limitOf(schema: JsonObject, name: string): number | undefined {
  const value = field(schema, name);
  const limit = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof limit === 'number' && Number.isFinite(limit) ? limit : undefined;
}
