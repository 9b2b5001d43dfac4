import { type LineReader, openLineReader } from '../../audit/line-reader.ts';
import type { FinalRow } from '../../audit/final-row.ts';
import { parseAnswer } from '../../audit/read-results.ts';
import { isObject, type JsonObject } from '../../input/check-line.ts';
import { toUnitVector, vectorFault } from '../../model/vector.ts';
import type { NewVector, Vectors } from '../vectors.ts';

/** Takes vectors out of audited results. */
export interface VectorTaker {
  /** For `reconcile`: rows in order, with the places of their answers. */
  take(rows: readonly FinalRow[]): Promise<void>;
  /** Adds what is left. */
  finish(): Promise<void>;
  close(): void;
}

/** At 768 dimensions some three megabytes, and one flush to the disk. */
const TOGETHER = 1000;

/**
 * The vectors of good answers, each under the key of its request, which is the name of its text. What is there
 * already is not read again.
 */
export function createVectorTaker(vectors: Vectors): VectorTaker {
  const { dimensions } = vectors.space;
  let reader: { readonly path: string; readonly lines: LineReader } | undefined;
  let ready: NewVector[] = [];
  const readerOf = (path: string): LineReader => {
    if (reader?.path !== path) {
      reader?.lines.close();
      reader = { path, lines: openLineReader(path) };
    }
    return reader.lines;
  };
  const finish = async (): Promise<void> => {
    await vectors.add(ready);
    ready = [];
  };
  return {
    async take(rows) {
      for (const { key, judgement, place } of rows) {
        if (judgement?.kind !== 'answered' || place === undefined) continue;
        if (key !== undefined && (!isName(key) || vectors.findNamed(key) >= 0)) continue;
        const answer = parseAnswer(readerOf(place.path).read(place.offset, place.length));
        const name = key ?? answer?.['key'];
        const values = valuesIn(answer);
        // The audit has looked already; of a request whose file is gone it does not know the dimensions.
        if (!isName(name) || vectorFault(values, dimensions) !== undefined) continue;
        ready.push({ name, values: toUnitVector(values as readonly number[]) }); // as vectorFault found
        if (ready.length >= TOGETHER) await finish();
      }
    },
    finish,
    close: () => reader?.lines.close(),
  };
}

function isName(key: unknown): key is string {
  return typeof key === 'string' && /^[0-9a-f]{32}$/.test(key);
}

/** The numbers wherever a model puts them, see `judgeEmbedding`. */
function valuesIn(answer: JsonObject | undefined): unknown {
  const response = answer?.['response'];
  if (!isObject(response)) return undefined;
  const { embedding, embeddings } = response;
  const vector =
    embedding ?? (Array.isArray(embeddings) ? (embeddings as unknown[])[0] : undefined) ?? response;
  return isObject(vector) ? vector['values'] : vector;
}
