import { join } from 'node:path';
import { EXIT } from '../cli/exit-codes.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { buildAnswers } from './answers-file.ts';
import { checkAccess } from './check-access.ts';
import { cleanUp } from './clean-up.ts';
import { createMade } from './made.ts';
import type { Bench } from './main.ts';
import { createNames, type Names } from './names.ts';
import { ANSWERS_NAME, openOutput, writeOutput } from './output-folder.ts';
import { describePlan } from './plan.ts';
import { createProbe } from './probe.ts';
import { createRecorder } from './recorder.ts';
import { runQuestions } from './run-questions.ts';
import { describeAnswers } from './summary.ts';
import { createWire, type WireOptions } from './wire.ts';

/**
 * Plans, asks, probes, cleans up, writes and tells, in this order.
 * @returns 3 when a question stayed open or something could not be removed, otherwise 0
 */
export async function runProbe(bench: Bench): Promise<number> {
  const { io, baseUrl, model, arguments: given, signal, cleanUpSignal, scrub, say } = bench;
  const { questions, rounds, waitMs } = given;
  const options = { model, rounds, waitMs };
  const names = createNames(io.random);
  const startedAt = io.clock.now().toISOString();
  const folder = given.out ?? defaultFolder(startedAt, names);
  const hasSecondKey = bench.secondKey !== undefined;
  const out = join(folder, ANSWERS_NAME);
  for (const line of describePlan(questions, options, {
    baseUrl: baseUrl.href,
    keyOrigin: bench.keyOrigin,
    out,
    hasSecondKey,
  }))
    say(line);
  await bench.agree('Send all this?');
  await openOutput(folder);

  const recorder = createRecorder();
  const wire = wireOptions(bench);
  await checkAccess(createWire(wire), model);
  const made = createMade();
  const probe = createProbe({
    wire: createWire({ ...wire, recorder }),
    baseUrl,
    clock: io.clock,
    signal,
    options,
    names,
    made,
    hasSecondKey,
  });
  const outcomes = await runQuestions(probe, questions, { say, clean: scrub });
  say('Cleaning up');
  const cleaner = createWire({ ...wire, signal: cleanUpSignal });
  const removed = await cleanUp({
    wire: cleaner,
    clock: io.clock,
    signal: cleanUpSignal,
    made,
    mark: names.mark,
  });

  const answers = buildAnswers({
    probedAt: startedAt,
    version: bench.version,
    service: baseUrl.origin,
    model,
    outcomes,
    exchangeNames: recorder.exchanges.map(({ fileName }) => fileName),
    leftovers: removed.leftovers,
  });
  io.stdout.write(scrub(`${describeAnswers(answers, removed, out).join('\n')}\n`));
  await writeOutput(folder, answers, recorder.exchanges, scrub).catch((error: unknown) => {
    throw unwritten(folder, error);
  });
  const isComplete =
    outcomes.every(({ status }) => status !== 'not_answered') && removed.leftovers.length === 0;
  return isComplete ? EXIT.ok : EXIT.someFailed;
}

export function wireOptions({ transport, baseUrl, key, secondKey, io, signal }: Bench): WireOptions {
  return {
    transport,
    baseUrl,
    keys: { first: key.reveal(), second: secondKey?.reveal() },
    clock: io.clock,
    signal,
  };
}

function defaultFolder(startedAt: string, { mark }: Names): string {
  return `probe-${startedAt.slice(0, 10)}-${mark.slice('bsp1-'.length)}`;
}

/** The answers have been printed by then, so nothing that was paid for is lost. */
function unwritten(folder: string, cause: unknown): unknown {
  if (!(cause instanceof Error && 'code' in cause)) return cause;
  return new BatchSubmitError('E_DISK', `Cannot write the answers to "${folder}": ${String(cause.code)}`, {
    hint: 'copy what was printed above, make room, and run `npm run probe` again',
    cause,
  });
}
