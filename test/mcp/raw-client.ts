import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { BIN, cleanEnvironment } from '../cli/run-cli.ts';
import { until } from '../cli/until.ts';
import type { AgentOptions } from './open-agent.ts';

export interface Message {
  readonly jsonrpc?: unknown;
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string };
}

/** A client that may write anything: bytes go out as they are, and what comes back is kept line by line. */
export interface RawClient {
  readonly pid: number;
  /** Resolves when the pipe has room again. */
  readonly write: (bytes: string | Uint8Array) => Promise<void>;
  /** Sends a proper request and waits for its answer. */
  readonly ask: (method: string, params?: object) => Promise<Message>;
  readonly tool: (name: string, args?: object) => Promise<Message>;
  /** What came on stdout, whole lines as they are. */
  readonly lines: () => readonly string[];
  readonly stderr: () => string;
  readonly signal: (name: NodeJS.Signals) => void;
  readonly closeStdin: () => void;
  readonly closeStdout: () => void;
  /** Exit code, or the signal that killed it. */
  readonly ended: Promise<number | string>;
  /** Bytes of memory in use, now; `undefined` where the system does not say. */
  readonly memory: () => Promise<number | undefined>;
}

/** Starts the built server; the caller ends it. Without `shake` it is sent nothing of its own accord. */
export async function openRaw(
  args: readonly string[],
  { folder, env }: AgentOptions,
  shake = true,
): Promise<RawClient> {
  const child = spawn(process.execPath, [BIN, 'mcp', ...args], {
    cwd: folder,
    env: { ...cleanEnvironment(folder), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const answers = new Map<unknown, Message>();
  let rest = '';
  let stderr = '';
  let asked = 0;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = `${rest}${text}`.split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      lines.push(line);
      const message = readMessage(line);
      if (message?.method === undefined && message?.id !== undefined) answers.set(message.id, message);
    }
  });
  child.stdin.on('error', () => undefined); // the server may end while it is written to
  let isOver = false;
  const ended = once(child, 'close').then(([code, signal]: (number | string | null)[]) => {
    isOver = true;
    return code ?? signal ?? '';
  });
  const write = async (bytes: string | Uint8Array): Promise<void> => {
    if (isOver || child.stdin.write(bytes)) return;
    await Promise.race([once(child.stdin, 'drain').catch(() => undefined), ended]);
  };
  const ask = async (method: string, params: object = {}): Promise<Message> => {
    asked += 1;
    const id = `ask-${asked}`;
    await write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    await until(`an answer to ${method}`, () => isOver || answers.has(id), 60_000);
    const answer = answers.get(id);
    if (answer === undefined) throw new Error(`the server ended before it answered ${method}: ${stderr}`);
    return answer;
  };
  if (shake) {
    const clientInfo = { name: 'raw', version: '1.0.0' };
    await ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
    await write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
  }
  return {
    pid: child.pid ?? 0,
    write,
    ask,
    tool: (name, given = {}) => ask('tools/call', { name, arguments: given }),
    lines: () => lines,
    stderr: () => stderr,
    signal: (name) => void child.kill(name),
    closeStdin: () => void child.stdin.end(),
    closeStdout: () => void child.stdout.destroy(),
    ended,
    async memory() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
      const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(status) ?? [];
      return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
    },
  };
}

export function readMessage(line: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** True for a line that the protocol allows a server to write. */
export function isProtocol(line: string): boolean {
  const message = readMessage(line);
  if (message === undefined || message.jsonrpc !== '2.0') return false;
  if (typeof message.method === 'string') return message.result === undefined && message.error === undefined;
  const hasId = typeof message.id === 'string' || typeof message.id === 'number' || message.id === null;
  return (
    (message.result === undefined) !== (message.error === undefined) && (hasId || message.id === undefined)
  );
}
