/** What the requests of a job ask for: text of a model that generates, or vectors of one that embeds. */
export type JobKind = 'generate' | 'embed';

/**
 * The kind is known by the model: each takes one kind alone, and the service tells them apart by nothing else either.
 * All of Google's embedding models have the word in their names.
 */
export function jobKindOf(model: string): JobKind {
  return /embedding/i.test(model) ? 'embed' : 'generate';
}
