import { judgeOutput } from '../invariants.mjs';
import { KEY } from '../child.mjs';

/** Controls but the line end and the tab, and what turns or hides text: no terminal may be sent these. */
// oxlint-disable-next-line no-control-regex -- finding them is the purpose
const UNFIT = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;

/** Of work; on a busy machine the clock on the wall says less, so it only ends what would never end. */
const MOST_CPU_MS = 10_000;
const MOST_MS = 40_000;

/**
 * What a person may be shown, whatever a file or a service says.
 * @param {import('../child.mjs').Ended & { cpuMs?: number }} end
 * @param {readonly string[]} [secrets] content that must not be repeated
 * @returns {import('../witness.mjs').Failure[]}
 */
export function judgeScreen(end, secrets = []) {
  const { command, code, output, ms, cpuMs } = end;
  const failures = judgeOutput(end);
  const add = (word, what) =>
    failures.push({ code: word, what: `\`${command}\` (exit code ${code}) ${what}` });
  const unfit = UNFIT.exec(output);
  if (unfit !== null) {
    const where = JSON.stringify(output.slice(Math.max(0, unfit.index - 60), unfit.index + 20));
    add('SCREEN', `printed a control character: ${where}`);
  }
  if (output.includes(KEY)) add('I9', 'printed the key');
  for (const secret of secrets) if (output.includes(secret)) add('ECHO', `repeated "${secret}"`);
  if (output.length > 20_000) add('SCREEN', `printed ${output.length} characters`);
  if (ms > MOST_MS || (cpuMs ?? 0) > MOST_CPU_MS)
    add('SLOW', `took ${ms} ms, ${cpuMs ?? '?'} ms of them at work`);
  return failures;
}

/**
 * A refusal in the house form: what could not be done, the fact, and one hint with the next command.
 * @param {import('../child.mjs').Ended} end
 * @param {{ exit: number, says?: RegExp }} expected
 * @returns {import('../witness.mjs').Failure[]}
 */
export function judgeRefusal({ command, code, output }, { exit, says }) {
  const failures = [];
  const add = (word, what) =>
    failures.push({ code: word, what: `\`${command}\` ${what}: ${output.slice(-300)}` });
  if (code !== exit) add('EXIT', `ended with exit code ${code}, not ${exit}`);
  else {
    const errors = output.match(/^error: .*$/gm) ?? [];
    const hints = output.match(/^hint: .*$/gm) ?? [];
    const form = /^error: Cannot [^:]+.*: \S/;
    if (errors.length !== 1 || !form.test(errors[0])) add('FORM', 'has no "Cannot …: fact"');
    if (hints.length !== 1) add('FORM', `has ${hints.length} hints`);
    else if (!/`[^`]+`|the same command/.test(hints[0])) add('FORM', 'has no command in its hint');
    if (says !== undefined && !says.test(output)) add('FACT', `does not say ${says}`);
  }
  return failures;
}
