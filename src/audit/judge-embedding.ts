import { isObject, type JsonObject } from '../input/check-line.ts';
import type { Judgement } from '../model/answer.ts';
import { vectorFault } from '../model/vector.ts';

/**
 * The judgement of an embedding, or `undefined` where the response holds none.
 * @param dimensions how many numbers the request asked for, where it says so
 */
export function judgeEmbedding(response: JsonObject, dimensions?: number): Judgement | undefined {
  const { embedding, embeddings, values } = response;
  if (embedding !== undefined) return judgeVectors([embedding], dimensions);
  if (embeddings !== undefined) return judgeVectors(Array.isArray(embeddings) ? embeddings : [], dimensions);
  if (values !== undefined) return judgeVectors([values], dimensions);
  return undefined;
}

function judgeVectors(vectors: readonly unknown[], dimensions: number | undefined): Judgement {
  if (vectors.length === 0) return { kind: 'empty', message: 'the embedding holds no numbers' };
  for (const vector of vectors) {
    const fault = vectorFault(isObject(vector) ? vector['values'] : vector, dimensions);
    if (fault !== undefined)
      return { kind: 'empty', reason: fault.reason, message: `the embedding ${fault.fact}` };
  }
  return { kind: 'answered' };
}
