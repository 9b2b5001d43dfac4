/**
 * One bad input. Batch 1 is always good, unless the case takes it away.
 * @typedef {object} InputCase
 * @property {string} id
 * @property {Record<string, string | Buffer>} [files] by name, in the input folder
 * @property {(input: string, folder: string) => void} [arrange] for what is no content
 * @property {readonly string[]} [args]
 * @property {'stopped' | 'fails' | 'taken'} expect
 *   `stopped`: refused before anything is sent, exit code 2 · `fails`: batch 2 fails at its check and
 *   batch 1 goes on, exit code 3 · `taken`: submitted byte for byte
 * @property {readonly number[]} [taken] which batches have a job in the end; default 1, and 2 when it is taken
 * @property {RegExp} [says]
 * @property {boolean} [isHeavy] it runs in a fresh process whose memory is watched
 * @property {() => Promise<void> | void} [onRequest] called when the service is first asked for anything
 */

/** Stands wherever content could be repeated in a message. */
export const SECRET = 'SECRET-QUESTION-77c2';

export const REQUEST = { contents: [{ parts: [{ text: `Why? ${SECRET}` }] }] };

/** A good line. */
export const LINE = JSON.stringify({ key: 'k', request: REQUEST });

/** A file whose second line is the bad one. */
export function withLine(line) {
  const bytes = typeof line === 'string' ? Buffer.from(line) : line;
  return Buffer.concat([Buffer.from(`${LINE}\n`), bytes, Buffer.from(`\n${LINE}\n`)]);
}

/** Batch 2 as a file of this content. */
export function second(id, content, expect, says) {
  return { id, files: { 'batch_002.jsonl': content }, expect, says };
}
