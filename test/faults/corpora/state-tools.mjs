/**
 * The files of a folder in the middle of a job: batch 1 is collected, batch 2 submitted, batch 3 untouched.
 * @typedef {object} Base
 * @property {Buffer} state
 * @property {any} value the state, parsed
 * @property {Buffer} log
 */

/**
 * One bad state or log.
 * @typedef {object} StateCase
 * @property {string} id
 * @property {(base: Base) => string | Buffer} [state] what stands in the state's place
 * @property {(base: Base) => string | Buffer} [log] what stands in the log's place
 * @property {(folder: string, base: Base, hands: { elsewhere: string }) => void} [arrange] for what is no content
 * @property {number} [refused] the exit code; without it the run must go well
 * @property {RegExp} [says] part of the refusal
 * @property {boolean} [onlyRuns] it is refused by what works with the lock, the log and the input
 * @property {readonly string[]} [others] the commands beside `run`
 * @property {boolean} [isAboutLog] the state is good, so a copy of it may be kept
 * @property {boolean} [isMutated] nobody knows whether it is refused
 * @property {boolean} [isRootExempt] root may do everything, so that nothing is refused
 */

/** Stands wherever content could be repeated in a message. */
export const SECRET = 'SECRET-CONTENT-9f31';

export const UNREADABLE = 10;

/** A state refused with the documented code. */
export function refused(id, state, says) {
  return { id, state, refused: UNREADABLE, says };
}

/** The real state with its JSON changed; `change` may also give another value back. */
export function edited(id, change, says) {
  return refused(id, (base) => format(changeOf(base, change)), says);
}

/** The same, for changes that do no harm. */
export function harmless(id, change) {
  return { id, state: (base) => format(changeOf(base, change)) };
}

function changeOf(base, change) {
  const value = structuredClone(base.value);
  return change(value) ?? value;
}

export function format(value) {
  return typeof value === 'string' || Buffer.isBuffer(value)
    ? value
    : `${JSON.stringify(value, undefined, 2)}\n`;
}

/** The text of the state with one part replaced, for what `JSON.stringify` cannot write. */
export function spelt(id, search, replace, says) {
  return refused(
    id,
    ({ state }) => {
      const text = state.toString('utf8');
      if (!text.includes(search)) throw new Error(`${id}: the state has no ${search}`);
      return text.replace(search, () => replace);
    },
    says,
  );
}
