import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { z } from 'zod';

type Json = z.core.JSONSchema.JSONSchema;

/**
 * The same schema, told in fewer bytes: the dialect is the protocol's own, and answers may gain fields. An agent
 * reads the list of tools at the start of every conversation and pays for each byte of it.
 */
export function slim(schema: z.ZodType, io: 'input' | 'output'): StandardSchemaWithJSON {
  const told = { ...without(z.toJSONSchema(schema, { io }), io), type: 'object' };
  const json = (): Record<string, unknown> => told;
  return { '~standard': { ...schema['~standard'], jsonSchema: { input: json, output: json } } };
}

/** Arguments that are not known are refused, so `additionalProperties` is said of them. */
function without(json: Json, io: 'input' | 'output'): Json {
  const { $schema: _dialect, propertyNames: _names, ...rest } = json;
  if (io === 'output' && rest.additionalProperties === false) delete rest.additionalProperties;
  for (const [name, property] of Object.entries(rest.properties ?? {})) {
    if (typeof property === 'object' && rest.properties !== undefined)
      rest.properties[name] = without(property, io);
  }
  if (typeof rest.items === 'object' && !Array.isArray(rest.items)) rest.items = without(rest.items, io);
  return rest;
}
