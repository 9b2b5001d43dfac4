import { isWithin, plus, type Ceiling, type Load } from './quota-ledger.ts';

/** A create that waits for room. */
export interface Waiting {
  /** Of its requests, as estimated. */
  readonly tokens: number;
  /** Tokens of later creates that were let past it. */
  overtaken: number;
}

/**
 * So many times its own size may be let past a create that does not fit. After that nobody passes, and
 * the room that ends leave adds up to its own. The quota it leaves unused meanwhile is at most one part
 * in five of what went past.
 */
const MOST_OVERTAKEN = 4;

/**
 * Which of the waiting creates may be sent: the first that fits, so that nothing lies idle while something
 * fits; but a big one is not overtaken for ever by small ones. Notes who was overtaken.
 * @returns its index in `queue`, in order of arrival, or `undefined` when nobody may go
 */
export function admitNext(queue: readonly Waiting[], load: Load, ceiling: Ceiling): number | undefined {
  for (const [index, waiting] of queue.entries()) {
    if (isWithin(plus(load, waiting.tokens), ceiling)) {
      for (const passed of queue.slice(0, index)) passed.overtaken += waiting.tokens;
      return index;
    }
    // One that is larger than the whole quota will never fit: it must not stop the others.
    const canFit = isWithin(plus({ jobs: 0, tokens: 0 }, waiting.tokens), ceiling);
    if (canFit && waiting.overtaken >= MOST_OVERTAKEN * waiting.tokens) return undefined;
  }
  return undefined;
}
