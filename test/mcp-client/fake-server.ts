import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const FAKE_SERVER: string = fileURLToPath(new URL('fixtures/fake-gemini-mcp.mjs', import.meta.url));

export type ToolFault = { readonly tool: string; readonly at?: number } & (
  | { readonly kind: 'die_before' | 'die_after' | 'silent' | 'protocol_error' | 'last_again' }
  | { readonly kind: 'error' | 'answer'; readonly text: string }
  | { readonly kind: 'changed'; readonly change: Readonly<Record<string, unknown>> }
);

export interface FakeControl {
  readonly faults?: readonly ToolFault[];
  /** Tools that it lacks. */
  readonly without?: readonly string[];
  /** Parameters that a tool wants beside the usual ones. */
  readonly extra?: Readonly<Record<string, readonly string[]>>;
  readonly keepsNames?: boolean;
  /** Written to stderr at its start. */
  readonly says?: string;
  readonly diesAtStart?: boolean;
  /** It does not end by itself when nobody speaks to it any more. */
  readonly staysOn?: boolean;
}

/** One call that the server was sent, as it noted it. */
export interface NotedCall {
  readonly tool: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly pid: number;
}

/** Writes down how the server is to behave, and gives the words that start it. */
export function controlServer(path: string, control: FakeControl = {}): readonly [string, ...string[]] {
  writeFileSync(path, JSON.stringify(control));
  return [process.execPath, FAKE_SERVER, path];
}

export function notedCalls(path: string, tool?: string): readonly NotedCall[] {
  if (!existsSync(`${path}.calls`)) return [];
  const lines = readFileSync(`${path}.calls`, 'utf8').split('\n');
  const calls = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as NotedCall); // as the fixture writes it
  return calls.filter((call) => tool === undefined || call.tool === tool);
}

/** True while the process is at work: one that has ended may still have its number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
