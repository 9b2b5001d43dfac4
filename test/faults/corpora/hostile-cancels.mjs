import { environmentFor, startChild } from '../child.mjs';
import { judge } from '../invariants.mjs';
import { openScene, startElsewhere } from '../service.mjs';
import { ANY_CALL, gatewayRefusals } from './answers-any-call.mjs';
import { ECHO, NASTY, refusal } from './answer-tools.mjs';
import { judgeScreen } from './screen.mjs';

/** A job is under way for this long, so that there is something to cancel. */
const JOB_MS = 250;

/** @typedef {{ id: string, cancel: import('./answer-tools.mjs').Answer }} CancelPoint */

/**
 * Cancelling makes an end of what was paid for, so no answer may make anybody believe more than it says.
 * @returns {readonly CancelPoint[]}
 */
export function cancelAnswers() {
  return [
    ...ANY_CALL,
    ...gatewayRefusals(),
    refusal('it has ended', 400, 'FAILED_PRECONDITION', NASTY),
    refusal('a key that is none', 401, 'UNAUTHENTICATED', ECHO),
    refusal('no rights', 403, 'PERMISSION_DENIED', NASTY),
    refusal('nothing here', 404, 'NOT_FOUND', NASTY),
    refusal('no quota now', 429, 'RESOURCE_EXHAUSTED', NASTY),
  ].map((answer) => ({ id: `batches.cancel / ${answer.name}`, cancel: answer }));
}

/**
 * Submits, asks to cancel a job and gets nothing but the hostile answer, and then runs until all is well.
 * @param {import('../packed.mjs').Program} program
 * @param {CancelPoint} point
 * @param {import('../warm.mjs').Warm | undefined} warm
 * @returns {Promise<import('../trial.mjs').Outcome>}
 */
export async function runCancelTrial(program, { id, cancel }, warm) {
  const elsewhere = await startElsewhere();
  let struck = false;
  const scene = await openScene(program, {
    batches: 2,
    service: { jobTimeMs: JOB_MS },
    choose(exchange) {
      if (exchange.endpoint !== 'batches.cancel') return undefined;
      struck = true;
      return {
        before(one) {
          one.reply = {
            status: 200,
            headers: { 'content-type': 'application/json' },
            body: Buffer.from('{}'),
          };
          cancel.give(one, { elsewhere: elsewhere.url });
          return 'over';
        },
      };
    },
  });
  const { folder, proxy, witness } = scene;
  const env = environmentFor(folder, proxy.url, {
    BATCH_SUBMIT_RETRY_DELAY: '5ms',
    BATCH_SUBMIT_MAX_WAIT: '100ms',
  });
  const ends = [];
  const run = async (...args) => {
    const place = { folder, env };
    ends.push(
      await (warm === undefined ? startChild(program.bin, args, place).ended : warm.run(args, place)),
    );
    witness.look();
    witness.lookAtResults();
  };
  try {
    await run('submit');
    await run('cancel', '2', '--yes');
    await run('run');
    const codes = ends.map(({ code }) => code);
    const failures = ends.flatMap((end) => judgeScreen(end));
    if (codes[0] !== 0 || codes[2] !== 0 || ![0, 1, 3, 4, 5].includes(codes[1])) {
      failures.push({
        code: 'STUCK',
        what: `exit codes ${codes.join()}: ${ends.map(({ output }) => output).join('\n')}`,
      });
    } else failures.push(...(await judge({ ...scene, ends, elsewhere: elsewhere.requests })));
    return { id, struck, duplicates: 0, failures };
  } catch (error) {
    return { id, struck: true, duplicates: 0, failures: [{ code: 'BROKEN', what: error.stack }] };
  } finally {
    elsewhere.close();
    await scene.close();
  }
}
