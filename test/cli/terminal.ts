import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { CliIo, EndSignal, TextStream } from '../../src/cli/io.ts';

export interface Terminal {
  readonly io: CliIo;
  /** What was written to the screen through each stream. */
  stdout(): string;
  stderr(): string;
  /** Ctrl-C, and what else ends a process. */
  signal(name: EndSignal): void;
  /** Puts the clock for durations forward. */
  pass(ms: number): void;
}

/** A person at a terminal who types `answer` when asked. */
export function createTerminal(input: {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly answer?: string;
  /** Draws the live lines, whose moments are not fixed; a dumb terminal has none. Durations go by `pass`. */
  readonly isLive?: boolean;
}): Terminal {
  const handlers = new Set<(signal: EndSignal) => void>();
  let passedMs = 0;
  const [stdout, stderr] = [screen(), screen()];
  const stdin = Object.assign(Readable.from([`${input.answer ?? 'n'}\n`]), { isTTY: true });
  return {
    io: {
      argv: input.argv,
      env: { ...input.env, TERM: input.isLive === true ? 'xterm' : 'dumb' },
      changeDirectory: () => undefined,
      stdin,
      stdout: stdout.stream,
      stderr: stderr.stream,
      clock: {
        now: () => new Date(),
        monotonicMs: () => (input.isLive === true ? passedMs : performance.now()),
        sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
      },
      random: () => 0.5,
      onSignal: (handler) => {
        handlers.add(handler);
        return () => handlers.delete(handler);
      },
      onResize: () => () => undefined,
      outputFault: async () => undefined,
      exitNow: () => undefined,
    },
    stdout: stdout.text,
    stderr: stderr.text,
    signal: (name) => {
      for (const handler of handlers) handler(name);
    },
    pass: (ms) => {
      passedMs += ms;
    },
  };
}

function screen(): { readonly stream: TextStream; readonly text: () => string } {
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  return { stream: { isTTY: true, columns: 80, write }, text: () => text };
}
