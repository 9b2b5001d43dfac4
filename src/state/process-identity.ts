import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { errnoOf } from './disk-error.ts';

/** What tells one process from every other, also after its number was given to another one. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Linux only, like the two below: changes with every start of the machine. */
  readonly bootId?: string | undefined;
  /** A number means nothing outside its namespace (another container). */
  readonly pidNamespace?: string | undefined;
  /** When the process began, in clock ticks since the machine started. */
  readonly startTicks?: number | undefined;
}

/** `unknown` stands for a process that cannot be seen from here; it is never presumed gone. */
export type Standing = 'running' | 'gone' | 'unknown';

export async function identifySelf(): Promise<ProcessIdentity> {
  const stat = await readProcessStat(process.pid);
  return {
    pid: process.pid,
    host: hostname(),
    bootId: await readIfExists(() => readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    pidNamespace: await readIfExists(() => readlink('/proc/self/ns/pid')),
    startTicks: stat?.startTicks,
  };
}

/** Whether the process is still there, as far as `self` can tell. */
export async function standingOf(other: ProcessIdentity, self: ProcessIdentity): Promise<Standing> {
  if (other.host !== self.host) return 'unknown';
  if (other.bootId !== self.bootId) {
    return other.bootId === undefined || self.bootId === undefined ? 'unknown' : 'gone';
  }
  if (other.pidNamespace !== self.pidNamespace) return 'unknown';
  const stat = await readProcessStat(other.pid);
  // Without `/proc`, or where it hides other users' processes, the number may be another process's by now.
  if (stat === undefined) return isSignalable(other.pid) ? 'unknown' : 'gone';
  if (stat.isDead) return 'gone';
  return other.startTicks === undefined || other.startTicks === stat.startTicks ? 'running' : 'gone';
}

interface ProcessStat {
  readonly startTicks: number;
  /** Killed, and not yet collected by its parent. */
  readonly isDead: boolean;
}

async function readProcessStat(pid: number): Promise<ProcessStat | undefined> {
  const text = await readIfExists(() => readFile(`/proc/${pid}/stat`, 'utf8'));
  if (text === undefined) return undefined;
  // Field 2 is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const startTicks = Number(fields[19]);
  if (!Number.isSafeInteger(startTicks)) return undefined;
  return { startTicks, isDead: fields[0] === 'Z' || fields[0] === 'X' };
}

async function readIfExists(read: () => Promise<string>): Promise<string | undefined> {
  try {
    return (await read()).trim();
  } catch (error) {
    // ESRCH: the process ended between opening and reading.
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ESRCH', 'EINVAL'].includes(errnoOf(error) ?? '')) {
      return undefined;
    }
    throw error;
  }
}

/** True while a process of this number runs, here or where another user started it. */
export function isSignalable(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) !== 'ESRCH';
  }
}
