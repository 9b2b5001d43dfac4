import type { JobKind } from '../model/job-kind.ts';
import type { JsonObject } from './check-line.ts';

/**
 * Why a request is none for a model of this kind; follows "line 3 ". A job takes one kind of request alone, and would
 * refuse the others one by one, after it was made.
 */
export function kindFault({ content, contents }: JsonObject, kind: JobKind): string | undefined {
  const asksForVector = !isUnset(content);
  const asksForText = !isUnset(contents);
  if (kind === 'embed' && !asksForVector) return 'asks for text, and the model gives embeddings alone';
  if (kind === 'generate' && !asksForText) return 'asks for an embedding, and the model gives none';
  return undefined;
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null;
}
