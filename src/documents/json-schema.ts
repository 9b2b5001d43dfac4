import { z } from 'zod';
import type { PublishedDocument } from './documents.ts';

/**
 * The JSON Schema (draft 2020-12) of a document. As published it lets unknown fields pass, because later
 * versions may add some; with `isStrict` it does not, for tests that find fields that nobody has described.
 */
export function jsonSchemaOf({ title, schema }: PublishedDocument, isStrict = false): object {
  const { $schema, ...made } = z.toJSONSchema(schema, {
    override: ({ jsonSchema }) => {
      if (isStrict) return;
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      // The format says it, and the largest integer is no limit that anybody meets.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return { $schema, title, ...made };
}
