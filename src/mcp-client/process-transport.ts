import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';

/** A program to start, without a shell. */
export interface ServerProgram {
  readonly program: string;
  readonly operands: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workFolder: string | undefined;
}

/** What the SDK brings to read one message a line. */
export interface MessageReader {
  append(chunk: Buffer): void;
  readMessage(): JSONRPCMessage | null;
}

export interface ProcessTransport extends Transport {
  /** The end of what the program wrote to its stderr, as it came. */
  readonly lastWords: () => string;
  /** True from its start until it ended, or was told to. */
  readonly isAlive: () => boolean;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** A program that was told to end gets so long before it is made to, in ms; twice. */
const GRACE_MS = 2000;

const LAST_WORDS = 2000;

/**
 * Speaks with a program over its stdin and stdout. The SDK has one too, but starts the program in our own
 * process group: Ctrl-C in a terminal would end it in the middle of a create. Here it has a group of its
 * own, which is also ended as a whole, because `npx` is only the parent of the server.
 */
export function createProcessTransport(server: ServerProgram, reader: MessageReader): ProcessTransport {
  let child: Child | undefined;
  let isOver = false;
  let words = '';
  let closed: Promise<void> = Promise.resolve();

  const end = (signal: NodeJS.Signals): void => {
    if (child !== undefined) signalGroup(child, signal);
  };
  const endWithUs = (): void => end('SIGTERM');

  const transport: ProcessTransport = {
    lastWords: () => words,
    isAlive: () => child !== undefined && !isOver,
    start: async () => {
      const started = spawn(server.program, server.operands, {
        env: { ...server.environment },
        cwd: server.workFolder,
        stdio: ['pipe', 'pipe', 'pipe'],
        shell: false,
        detached: true,
        windowsHide: true,
      });
      const spawned = new Promise<void>((resolve, reject) => {
        started.once('spawn', resolve);
        started.on('error', reject);
      });
      closed = new Promise((resolve) => {
        started.once('close', () => {
          isOver = true;
          process.off('exit', endWithUs);
          resolve();
          transport.onclose?.();
        });
      });
      started.once('exit', () => {
        isOver = true;
        // Whoever is left of the group holds the pipes open. What was written is still read.
        signalGroup(started, 'SIGTERM');
        setTimeout(() => destroyPipes(started), GRACE_MS).unref();
      });
      started.stderr.setEncoding('utf8').on('data', (text: string) => {
        words = `${words}${text}`.slice(-LAST_WORDS);
      });
      started.stdout.on('data', (chunk: Buffer) => receive(chunk));
      started.stdin.on('error', (error) => transport.onerror?.(error));
      await spawned;
      child = started;
      process.once('exit', endWithUs);
    },
    send: (message) =>
      new Promise((resolve, reject) => {
        if (child === undefined) throw new Error('the server was not started');
        child.stdin.write(`${JSON.stringify(message)}\n`, (error) => {
          if (error) reject(error);
          else resolve();
        });
      }),
    close: async () => {
      if (child === undefined) return;
      isOver = true;
      child.stdin.end();
      if (await within(closed, GRACE_MS)) return;
      end('SIGTERM');
      if (await within(closed, GRACE_MS)) return;
      end('SIGKILL');
      destroyPipes(child);
      await closed;
    },
  };

  function receive(chunk: Buffer): void {
    try {
      reader.append(chunk);
    } catch (error) {
      // A message beyond the limit: nothing after it can be told apart.
      transport.onerror?.(asError(error));
      isOver = true;
      end('SIGKILL');
      return;
    }
    for (;;) {
      try {
        const message = reader.readMessage();
        if (message === null) return;
        transport.onmessage?.(message);
      } catch (error) {
        // A line that is no message says nothing; the next one may.
        transport.onerror?.(asError(error));
      }
    }
  }
  return transport;
}

/** Windows has no groups: there only the program itself is ended. */
function signalGroup(child: Child, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // Nobody is left of it.
  }
}

function destroyPipes(child: Child): void {
  for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy();
}

/** True when `done` came first. */
async function within(done: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([done.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
