import { join } from 'node:path';
import { LOG, namesIn, readIfThere, STATE } from '../witness.mjs';
import { temporaryNameOf } from './strace.mjs';

/** @typedef {import('../witness.mjs').Failure} Failure */

/** Done, stopped by the disk, or some batches failed; nothing else is the answer to an error of the disk. */
const EXIT_CODES = new Set([0, 1, 3]);

/**
 * What the run that met one error of the disk owes, beside what every run owes.
 * @param {import('./points.mjs').Point} point
 * @param {import('../child.mjs').Ended} first
 * @param {import('../service.mjs').Scene & { madeBefore: ReadonlySet<string> }} scene
 * @returns {Failure[]}
 */
export function judgeFirstRun(point, first, scene) {
  return [...judgeWords(point, first), ...judgeNames(first, scene), ...judgeBearing(point, first)];
}

/** A run that stops, or goes on without a batch, says what failed, why, and what to do. */
function judgeWords({ kind }, { code, output }) {
  if (!EXIT_CODES.has(code)) return [failure('EXIT', `exit code ${code} after ${kind}: ${end(output)}`)];
  // What is called a bug is judged with the output of all runs.
  if (code === 0 || output.includes('This is a bug')) return [];
  const isStop = /^error: Cannot .+/m.test(output) && /^hint: \S/m.test(output);
  const isOneBatch =
    code === 3 && /^\d+\tfailed\t.*cannot be read/m.test(output) && /^Next: \S/m.test(output);
  const isTold = (isStop || isOneBatch) && output.includes(kind);
  return isTold
    ? []
    : [failure('WORDS', `exit code ${code} without saying ${kind} and a hint: ${end(output)}`)];
}

/** A job is in the state. If its name could not be saved, its intent is there, and whoever got the name was told. */
function judgeNames({ output }, { folder, emulator, madeBefore }) {
  const state = JSON.parse(readIfThere(join(folder, STATE)) ?? '{}');
  const names = namesIn(state);
  const intended = new Set(Object.values(state.batches ?? {}).map(({ intent }) => intent?.displayName));
  const unsaved = emulator.accepted().jobs.filter(({ name }) => !names.has(name));
  const lost = unsaved.filter(({ displayName }) => !intended.has(displayName));
  const unsaid = unsaved.filter(({ name }) => !output.includes(name) && !madeBefore.has(name));
  return [
    ...lost.map(({ name }) => failure('LOST', `neither the name nor the intent of ${name} is in the state`)),
    ...unsaid.map(({ name }) => failure('UNSAID', `${name} was not saved, and nobody was told`)),
  ];
}

/** Errors that a run must bear: one of the log, and a full disk while the ballast can be given up. */
function judgeBearing({ syscall, path, nth, kind, life }, { code, output }) {
  const isLog = path === LOG && ['write', 'fdatasync'].includes(syscall);
  if (isLog && (code !== 0 || !/^! The log .* is incomplete/m.test(output))) {
    return [failure('LOG', `exit code ${code} after ${kind} in the log: ${end(output)}`)];
  }
  // There is a ballast only after the first save.
  const isSave = path === temporaryNameOf(STATE);
  if (isSave && kind === 'ENOSPC' && nth > 1 && code !== 0) {
    return [failure('BALLAST', `exit code ${code} though the ballast was there (${life}): ${end(output)}`)];
  }
  return [];
}

function end(output) {
  return output.slice(-300);
}

/** @returns {Failure} */
function failure(code, what) {
  return { code, what };
}
