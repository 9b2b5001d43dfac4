export type JsonObject = { readonly [key: string]: unknown };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined when the text is not JSON or not an object. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a field by its camelCase name or its snake_case spelling: the service takes both. */
export function field(object: JsonObject, camelName: string): unknown {
  return object[camelName] ?? object[camelName.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

export function objectField(object: JsonObject, camelName: string): JsonObject | undefined {
  const value = field(object, camelName);
  return isJsonObject(value) ? value : undefined;
}

/** Undefined for a missing, empty or non-string value: proto3 JSON does not tell those apart. */
export function stringField(object: JsonObject, camelName: string): string | undefined {
  const value = field(object, camelName);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function arrayField(object: JsonObject, camelName: string): readonly unknown[] | undefined {
  const value = field(object, camelName);
  return Array.isArray(value) ? value : undefined;
}

/** Drops undefined members, so bodies and records never carry an explicit "nothing". */
export function compact(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
