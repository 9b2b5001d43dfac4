import { arrayField, field, isJsonObject, type JsonObject, objectField } from './json.ts';
import { branchesOf, followRef, limitOf, typesOf } from './requested-json.ts';

/**
 * Whether a value has the form that a schema asks for: types, required members, enums, lengths of
 * arrays, ranges of numbers and alternatives. Patterns and formats are not looked at.
 */
export function fitsSchema(value: unknown, schema: JsonObject, root: JsonObject = schema): boolean {
  const target = followRef(schema, root);
  const branches = branchesOf(target);
  if (branches !== undefined && !branches.some((branch) => fitsSchema(value, branch, root))) return false;
  const types = typesOf(target);
  if (value === null && (target['nullable'] === true || types.length === 0)) return true;
  if (types.length > 0 && !types.some((type) => hasType(value, type))) return false;
  const options = arrayField(target, 'enum');
  if (options !== undefined && !options.includes(value)) return false;
  if (Array.isArray(value)) return fitsArray(value, target, root);
  if (isJsonObject(value)) return fitsObject(value, target, root);
  return typeof value !== 'number' || fitsRange(value, target);
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isJsonObject(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function fitsArray(values: readonly unknown[], schema: JsonObject, root: JsonObject): boolean {
  const items = objectField(schema, 'items');
  return (
    values.length >= (limitOf(schema, 'minItems') ?? 0) &&
    values.length <= (limitOf(schema, 'maxItems') ?? Number.POSITIVE_INFINITY) &&
    (items === undefined || values.every((value) => fitsSchema(value, items, root)))
  );
}

function fitsObject(value: JsonObject, schema: JsonObject, root: JsonObject): boolean {
  const properties = objectField(schema, 'properties') ?? {};
  const required = arrayField(schema, 'required') ?? [];
  const isClosed = field(schema, 'additionalProperties') === false;
  return (
    required.every((name) => typeof name === 'string' && Object.hasOwn(value, name)) &&
    Object.entries(value).every(([name, member]) => {
      const property = properties[name];
      return isJsonObject(property) ? fitsSchema(member, property, root) : !isClosed;
    })
  );
}

function fitsRange(value: number, schema: JsonObject): boolean {
  return (
    value >= (limitOf(schema, 'minimum') ?? value) &&
    value <= (limitOf(schema, 'maximum') ?? value) &&
    value > (limitOf(schema, 'exclusiveMinimum') ?? Number.NEGATIVE_INFINITY) &&
    value < (limitOf(schema, 'exclusiveMaximum') ?? Number.POSITIVE_INFINITY)
  );
}
