import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { CliIo, TextStream } from '../../src/cli/io.ts';

export interface Terminal {
  readonly io: CliIo;
  /** What reached the screen through each stream, without the live line and other control sequences. */
  stdout(): string;
  stderr(): string;
}

/** A person at a terminal who types `answer` when asked. */
export function createTerminal(input: {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly answer?: string;
}): Terminal {
  const [stdout, stderr] = [screen(), screen()];
  const stdin = Object.assign(Readable.from([`${input.answer ?? 'n'}\n`]), { isTTY: true });
  return {
    io: {
      argv: input.argv,
      env: { ...input.env, TERM: 'dumb' }, // a dumb terminal draws no live line, whose moments are not fixed
      changeDirectory: () => undefined,
      stdin,
      stdout: stdout.stream,
      stderr: stderr.stream,
      clock: {
        now: () => new Date(),
        monotonicMs: () => performance.now(),
        sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
      },
      random: () => 0.5,
      onSignal: () => () => undefined,
      outputFault: () => undefined,
      exitNow: () => undefined,
    },
    stdout: stdout.text,
    stderr: stderr.text,
  };
}

function screen(): { readonly stream: TextStream; readonly text: () => string } {
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  return { stream: { isTTY: true, columns: 80, write }, text: () => text };
}
