import { current } from './current-life.mjs';

/**
 * In place of input/inspect.js. Reading a real file takes 0.45 ms, a third of a whole trial, and comes
 * back in the order of the thread pool, which no seed decides.
 */
export function inspectInput(path, signal) {
  const { life, inputFacts } = current;
  return life.call('reading the input', signal, () => ({
    replyMs: 1,
    reply: () => ({ ok: true, facts: inputFacts(path), keyless: 0 }),
  }));
}
