import { spawn } from '@lydell/node-pty';
import { once, EventEmitter } from 'node:events';
import { BIN, cleanEnvironment } from '../cli/run-cli.ts';
import { until } from '../cli/until.ts';
import { createScreen, type Screen } from './screen.ts';

export interface PtyOptions {
  readonly folder: string;
  /** Beside PATH, HOME, TMPDIR, TZ and the fake key; TERM is `xterm-256color` unless it is given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default 80 by 24. */
  readonly columns?: number;
  readonly rows?: number;
  /** Where stdout goes instead of the terminal, as after `>`. */
  readonly stdoutTo?: string;
}

/** A program that runs in a real terminal. */
export interface PtyProgram {
  readonly pid: number;
  /** What the terminal shows. */
  readonly screen: Screen;
  /** Everything that came from the program, as it came. */
  raw(): string;
  /** Types it; `\x03` is Ctrl-C. */
  write(text: string): void;
  /** Waits until the screen holds it; fails with the screen when it does not in time. */
  shows(what: string | RegExp): Promise<void>;
  resize(columns: number, rows: number): void;
  /**
   * Closes the terminal. The kernel sends SIGHUP, and so does, as a shell would, who started the program.
   */
  hangUp(): void;
  kill(): void;
  /** The exit code, once all its output has come. */
  readonly ended: Promise<number>;
}

/** Starts the built command line in a terminal of its own. */
export function openPty(args: readonly string[], options: PtyOptions): PtyProgram {
  const { folder, env = {}, columns = 80, rows = 24, stdoutTo } = options;
  const words = [process.execPath, BIN, ...args];
  const command =
    stdoutTo === undefined ? words : ['/bin/sh', '-c', 'out=$0; exec "$@" > "$out"', stdoutTo, ...words];
  const environment = { TERM: 'xterm-256color', ...cleanEnvironment(folder), ...env };
  const [file = '', ...rest] = command;
  const pty = spawn(file, rest, {
    name: environment['TERM'] ?? '',
    cols: columns,
    rows,
    cwd: folder,
    env: Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined)),
  });
  const screen = createScreen(columns, rows);
  let raw = '';
  pty.onData((text) => {
    raw += text;
    screen.write(text);
  });
  const exits = new EventEmitter();
  const ended = once(exits, 'exit').then(([code]) => Number(code));
  pty.onExit(({ exitCode, signal }) => {
    exits.emit('exit', signal === undefined || signal === 0 ? exitCode : 128 + signal);
  });
  return {
    pid: pty.pid,
    screen,
    raw: () => raw,
    write: (text) => pty.write(text),
    async shows(what) {
      const isThere = async (): Promise<boolean> => {
        const text = await screen.text();
        return typeof what === 'string' ? text.includes(what) : what.test(text);
      };
      await until(`the screen shows ${String(what)}`, isThere).catch(async (error: unknown) => {
        throw new Error(`${String(error)}\n${await screen.text()}`, { cause: error });
      });
    },
    resize(newColumns, newRows) {
      screen.resize(newColumns, newRows);
      pty.resize(newColumns, newRows);
    },
    // Not in the package's types: it closes our end, where `kill` only sends a signal.
    hangUp: () => (pty as unknown as { destroy(): void }).destroy(),
    kill: () => pty.kill('SIGKILL'),
    ended,
  };
}
