import { createHash } from 'node:crypto';
import { field, type JsonObject } from './json.ts';
import { promptOf } from './prompt-text.ts';
import { createRandom, hashSeed } from './random.ts';

const DEFAULT_DIMENSIONS = 3072;

/**
 * An EmbedContentResponse: a unit vector that depends on the text alone. `gemini-embedding-001`
 * reports `tokenCount`, later models `usageMetadata` (both observed).
 */
export function embeddingResponse(request: JsonObject, model: string): JsonObject {
  const text = promptOf(request);
  const tokens = Math.max(1, Math.ceil(text.length / 4));
  const embedding = { values: unitVector(text, readDimensions(request)) };
  return model === 'gemini-embedding-001'
    ? { tokenCount: String(tokens), embedding }
    : { embedding, usageMetadata: { promptTokenCount: tokens } };
}

function readDimensions(request: JsonObject): number {
  const wanted = Number(field(request, 'outputDimensionality') ?? DEFAULT_DIMENSIONS);
  return Number.isInteger(wanted) && wanted > 0 && wanted <= DEFAULT_DIMENSIONS ? wanted : DEFAULT_DIMENSIONS;
}

function unitVector(text: string, dimensions: number): readonly number[] {
  const random = createRandom(hashSeed(createHash('sha256').update(text).digest('hex')));
  const raw = Array.from({ length: dimensions }, () => random.next() * 2 - 1);
  const norm = Math.hypot(...raw);
  return raw.map((value) => Number((value / norm).toPrecision(8)));
}
