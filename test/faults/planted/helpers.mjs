import { point, rule } from '../points.mjs';

/**
 * One line of the program made wrong, and what must notice.
 * @typedef {object} Bug
 * @property {string} name
 * @property {string} file below `dist/`
 * @property {string} search stands there exactly once
 * @property {string} replace
 * @property {boolean} [hasRest] judged at rest too, default not
 * @property {readonly string[]} expects any of these codes (see `invariants.mjs` and the parts)
 * @property {readonly import('../points.mjs').Point[] | 'lock rounds' | 'signals' | AtCalls | InCorpus} by tried in turn until one notices
 */

/** @typedef {{ corpus: 'bad-states' | 'bad-inputs' | 'hostile-answers', cases: readonly string[] }} InCorpus */

/**
 * Needs strace.
 * @typedef {{ calls: readonly import('../syscalls/points.mjs').Point[] }} AtCalls
 */

/** A fault at one create. */
export const create = (ordinal, fault, more) =>
  point('planted', [rule('batches.create', ordinal, fault)], more);

/** The same fault at each of the three requests of an endpoint. */
export const each = (endpoint, fault) =>
  [1, 2, 3].map((ordinal) => point('planted', [rule(endpoint, ordinal, fault)]));

/** A life cycle in which nothing goes wrong. */
export const noFault = point('planted', [rule('batches.create', 1, 'nothing')]);
