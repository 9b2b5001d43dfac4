import { field, type JsonObject, objectField } from './json.ts';
import { promptOf } from './prompt-text.ts';
import { createRandom, hashSeed } from './random.ts';

const DEFAULT_DIMENSIONS = 3072;

/** How many dimensions speak of one word. */
const MARKS = 8;

/** `gemini-embedding-001` gives unit vectors for the full length alone, as documented; this length is inferred. */
const LENGTH_OF_A_PART = 0.7;

/**
 * An EmbedContentResponse. The vector depends on the words alone, in any order and case, so that texts are as near
 * to each other as the words that they share. `gemini-embedding-001` reports `tokenCount`, later models
 * `usageMetadata` (both observed).
 */
export function embeddingResponse(request: JsonObject, model: string): JsonObject {
  const text = promptOf(request);
  const tokens = Math.max(1, Math.ceil(text.length / 4));
  const embedding = { values: vectorFor(request, model) };
  return model === 'gemini-embedding-001'
    ? { tokenCount: String(tokens), embedding }
    : { embedding, usageMetadata: { promptTokenCount: tokens } };
}

/** The vector that answers one request. */
export function vectorFor(request: JsonObject, model: string): readonly number[] {
  const dimensions = readDimensions(request);
  const isPart = model === 'gemini-embedding-001' && dimensions < DEFAULT_DIMENSIONS;
  return bagOfWords(promptOf(request), dimensions, isPart ? LENGTH_OF_A_PART : 1);
}

function readDimensions(request: JsonObject): number {
  const place = objectField(request, 'embedContentConfig') ?? request;
  const wanted = Number(field(place, 'outputDimensionality') ?? DEFAULT_DIMENSIONS);
  return Number.isInteger(wanted) && wanted > 0 && wanted <= DEFAULT_DIMENSIONS ? wanted : DEFAULT_DIMENSIONS;
}

/** Every word marks the dimensions that its hash chooses, up or down. */
function bagOfWords(text: string, dimensions: number, length: number): readonly number[] {
  const sums = new Float64Array(dimensions);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text]) {
    const random = createRandom(hashSeed('word', word));
    for (let mark = 0; mark < MARKS; mark += 1) {
      const at = random.integer(0, dimensions - 1);
      sums[at] = (sums[at] ?? 0) + (random.next() < 0.5 ? -1 : 1);
    }
  }
  // Marks may cancel each other out, where there are few dimensions.
  if (sums.every((sum) => sum === 0)) sums[0] = 1;
  const norm = Math.hypot(...sums) / length;
  return Array.from(sums, (sum) => Number((sum / norm).toPrecision(8)));
}
