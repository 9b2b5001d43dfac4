import { BatchSubmitError } from '../model/errors.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { textFlag, type Invocation } from './invocation.ts';
import type { CliIo } from './io.ts';
import { quickAnswer } from './quick-answer.ts';
import { readVersion } from './version.ts';

/**
 * Runs one command line and returns its exit code. Loads only what the command needs: help and version
 * come before zod, pino, p-retry and the SDK.
 */
export async function main(io: CliIo, loadMcp?: Invocation['loadMcp']): Promise<number> {
  const version = readVersion();
  try {
    const answer = await quickAnswer(io, version);
    if (answer !== undefined) {
      io.stdout.write(answer);
      return EXIT.ok;
    }
    const { parseCommandLine } = await import('./program.ts');
    const parsed = await parseCommandLine(io, version);
    if (parsed.kind === 'printed') return EXIT.ok;
    const { spec, operands, flags } = parsed;
    const invocation = { io, command: spec.name, version, isLong: spec.isLong === true, operands, flags };
    changeDirectory(io, textFlag(invocation, 'cwd'));
    const [{ createPrinter }, handler] = await Promise.all([import('./printers.ts'), spec.load()]);
    return await handler({ ...invocation, loadMcp, openPrinter: createPrinter });
  } catch (error) {
    const exitCode = exitCodeOf(error);
    await printError(io, error, exitCode, version);
    return exitCode;
  }
}

/** For what nobody caught: it says that it is a bug, as everything unexpected does. What was saved is intact. */
export async function reportCrash(io: CliIo, error: unknown): Promise<number> {
  await printError(io, error, EXIT.unexpected, readVersion());
  return EXIT.unexpected;
}

/** For results that nobody could read. What was paid for is saved all the same. @returns the exit code */
export async function reportLostOutput(io: CliIo, fault: Error, exitCode: number): Promise<number> {
  const code = exitCode === EXIT.ok ? EXIT.unexpected : exitCode;
  const message = `Cannot show everything: the output could not be written (${fault.message})`;
  const hint = 'send it to another disk; what the command did is saved, see `batch-submit status`';
  await printError(io, new BatchSubmitError('E_DISK', message, { hint, cause: fault }), code, readVersion());
  return code;
}

function changeDirectory(io: CliIo, path: string | undefined): void {
  if (path === undefined) return;
  try {
    io.changeDirectory(path);
  } catch (error) {
    throw new BatchSubmitError(
      'E_USAGE',
      `Cannot start in "${path}": it is not a folder that can be entered`,
      {
        hint: 'give `--cwd` an existing folder',
        cause: error,
      },
    );
  }
}

/** For errors met before a command has a printer of its own, or that end it. */
async function printError(io: CliIo, error: unknown, exitCode: number, version: string): Promise<void> {
  const { createScrub } = await import('../config/scrub.ts');
  const { createPrinter } = await import('./printers.ts');
  const has = (...names: readonly string[]): boolean => io.argv.some((word) => names.includes(word));
  const flags = {
    json: has('--json'),
    verbose: has('-v', '--verbose'),
    color: has('--no-color') ? false : has('--color') || undefined,
  };
  const secrets = [io.env['GEMINI_API_KEY'], io.env['GOOGLE_API_KEY']].filter(
    (key) => key !== undefined && key !== '',
  );
  const scrub = createScrub(secrets.filter((key) => key !== undefined));
  createPrinter({ io, version, isLong: true, flags }, '', scrub).error(error, exitCode);
}
