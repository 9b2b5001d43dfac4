import { confirm } from '../cli/confirm.ts';
import { EXIT, EXIT_BY_SIGNAL, exitCodeOf, Interrupted } from '../cli/exit-codes.ts';
import type { CliIo } from '../cli/io.ts';
import { describeError } from '../cli/output/describe-error.ts';
import { styleFor } from '../cli/output/style.ts';
import { readVersion } from '../cli/version.ts';
import { createScrub } from '../config/scrub.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { type Arguments, HELP, readArguments } from './arguments.ts';
import { type Access, openAccess } from './access.ts';
import { runCleanUp } from './run-clean-up.ts';
import { runProbe } from './run-probe.ts';

/** What one run of the probe works with. */
export interface Bench extends Access {
  readonly io: CliIo;
  readonly arguments: Arguments;
  readonly version: string;
  /** Ends the questions. */
  readonly signal: AbortSignal;
  /** Ends the cleaning up too. */
  readonly cleanUpSignal: AbortSignal;
  /** @throws {BatchSubmitError} `E_USAGE` unless `--yes` was given or a person agreed */
  readonly agree: (question: string) => Promise<void>;
  readonly say: (text: string) => void;
}

/** Runs one command line of the probe and returns its exit code. Nothing is sent before it is agreed to. */
export async function main(io: CliIo): Promise<number> {
  let scrub = createScrub([]);
  const stop = stopOnSignals(io);
  try {
    const given = readArguments(io.argv);
    if (given.mode === 'help') {
      io.stdout.write(HELP);
      return EXIT.ok;
    }
    const version = readVersion();
    const invocation = { io, command: 'probe', version, isLong: false, operands: [], flags: given.flags };
    const access = await openAccess(invocation);
    scrub = access.scrub;
    const say = (text: string): void => void io.stderr.write(scrub(`${text}\n`));
    for (const warning of access.warnings) say(`! ${warning}`);
    const agree = async (question: string): Promise<void> => {
      if (!given.isConfirmed && !(await confirm(invocation, question))) throw notAgreed();
      stop.begin();
    };
    const bench: Bench = { ...access, ...stop, io, arguments: given, version, agree, say };
    const code = given.mode === 'clean_up' ? await runCleanUp(bench) : await runProbe(bench);
    return stop.signal.reason instanceof Interrupted ? EXIT_BY_SIGNAL[stop.signal.reason.signal] : code;
  } catch (error) {
    const code = exitCodeOf(error);
    const style = styleFor(io.stderr, { flag: undefined, env: io.env });
    io.stderr.write(
      scrub(describeError(error, code, style, false, { version: readVersion(), log: undefined })),
    );
    return code;
  } finally {
    stop.release();
  }
}

interface Stop {
  readonly signal: AbortSignal;
  readonly cleanUpSignal: AbortSignal;
  /** Until then a signal ends the process: nothing has been sent. */
  readonly begin: () => void;
  readonly release: () => void;
}

/** The first signal ends the questions, the second the cleaning up, the third everything. */
function stopOnSignals(io: CliIo): Stop {
  const [questions, cleaning] = [new AbortController(), new AbortController()];
  let release = (): void => undefined;
  const begin = (): void => {
    release = io.onSignal((signal) => {
      const next = [questions, cleaning].find((controller) => !controller.signal.aborted);
      if (next === undefined) io.exitNow(EXIT_BY_SIGNAL[signal]);
      else next.abort(new Interrupted(signal, io.argv));
    });
  };
  return { signal: questions.signal, cleanUpSignal: cleaning.signal, begin, release: () => release() };
}

function notAgreed(): BatchSubmitError {
  return new BatchSubmitError('E_USAGE', 'Cannot probe: it was not confirmed, and nothing was sent', {
    hint: 'answer "y", or run `npm run probe -- --yes` in a script',
  });
}
