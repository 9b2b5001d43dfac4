import { KEY_VARIABLES } from '../config/api-key.ts';
import { createScrub } from '../config/scrub.ts';
import type { CommandSpec } from '../cli/command-spec.ts';
import { Interrupted } from '../cli/exit-codes.ts';
import type { Invocation, OpenPrinter } from '../cli/invocation.ts';
import { readVersion } from '../cli/version.ts';
import { libraryIo } from './library-io.ts';
import type { CallOptions, LibraryEvent } from './library-options.ts';
import { createLibraryPrinter, type Shown } from './library-printer.ts';
import type { GivenOptions } from './read-options.ts';
import { scrubError } from './scrub-error.ts';

/** What all calls of one client share. */
export interface Client extends CallOptions {
  /** Absolute; `undefined` for the working directory of the process. */
  readonly workFolder: string | undefined;
  readonly apiKey: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By setting name. */
  readonly settings: Readonly<Record<string, string | undefined>>;
  /** Flags of every command: which files of variables and settings are read. */
  readonly flags: Invocation['flags'];
}

/** What came of a command. */
export interface Outcome extends Readonly<Shown> {
  readonly exitCode: number;
}

/**
 * Runs one command as the command line does, with a printer that tells the caller.
 * @throws {BatchSubmitError} what ends the command early; nothing that is thrown holds the key
 */
export async function runCommand(
  spec: CommandSpec,
  { operands, flags }: GivenOptions,
  call: CallOptions,
  client: Client,
): Promise<Outcome> {
  const signals = [client.signal, call.signal].filter((signal) => signal !== undefined);
  const signal = signals.length === 0 ? undefined : AbortSignal.any(signals);
  const { env, apiKey, workFolder } = client;
  const secrets = [apiKey, ...KEY_VARIABLES.map((name) => env[name])].filter((key) => key !== undefined);
  let scrub = createScrub(secrets);
  const listener = listenerOf([client.onEvent, call.onEvent]);
  const shown: Shown = { document: undefined, finished: undefined };
  const openPrinter: OpenPrinter = ({ io }, run, scrubKey) => {
    const scrubGiven = scrub;
    scrub = (text) => scrubKey(scrubGiven(text));
    return createLibraryPrinter({ clock: io.clock, run, scrub, onEvent: listener.tell }, shown);
  };
  try {
    if (signal?.aborted === true) throw new Interrupted('AbortSignal', []);
    const handler = await spec.load();
    const exitCode = await handler({
      io: libraryIo({ env, apiKey, workFolder, signal }),
      command: spec.name,
      version: readVersion(),
      isLong: spec.isLong === true,
      operands,
      flags: { ...client.flags, ...flags },
      settings: client.settings,
      openPrinter,
    });
    listener.rethrow();
    return { exitCode, ...shown };
  } catch (error) {
    throw scrubError(error, scrub);
  }
}

interface Listener {
  readonly tell: (event: LibraryEvent) => void;
  /** @throws what a listener of the caller's threw first */
  readonly rethrow: () => void;
}

/** A fault in the caller's listener must not stop a run that has paid for something; it is told afterwards. */
function listenerOf(listeners: readonly CallOptions['onEvent'][]): Listener {
  const faults: unknown[] = [];
  return {
    tell(event) {
      for (const listener of listeners) {
        try {
          const returned: unknown = listener?.(event);
          // Nobody waits for it, and a rejection that nobody handles would end the process.
          if (returned instanceof Promise) returned.catch((error: unknown) => faults.push(error));
        } catch (error) {
          faults.push(error);
        }
      }
    },
    rethrow() {
      if (faults.length > 0) throw faults[0];
    },
  };
}
