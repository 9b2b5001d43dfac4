import { isObject, type JsonObject } from '../input/check-line.ts';
import type { Judgement } from '../model/answer.ts';

/** The judgement of an embedding, or `undefined` where the response holds none. */
export function judgeEmbedding(response: JsonObject): Judgement | undefined {
  const { embedding, embeddings, values } = response;
  if (embedding !== undefined) return judgeVectors([embedding]);
  if (embeddings !== undefined) return judgeVectors(Array.isArray(embeddings) ? embeddings : []);
  if (values !== undefined) return judgeVectors([values]);
  return undefined;
}

function judgeVectors(vectors: readonly unknown[]): Judgement {
  let isEmpty = vectors.length === 0;
  for (const vector of vectors) {
    const values: unknown = isObject(vector) ? vector['values'] : vector;
    if (!Array.isArray(values) || values.length === 0) isEmpty = true;
    else if (!values.every(Number.isFinite)) {
      return {
        kind: 'empty',
        reason: 'no_vector',
        message: 'the embedding holds something else than numbers',
      };
    }
  }
  return isEmpty ? { kind: 'empty', message: 'the embedding holds no numbers' } : { kind: 'answered' };
}
