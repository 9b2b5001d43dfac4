import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * One program to measure. `command` is Node itself when absent. `prepare` runs before each start, untimed.
 * @typedef {{ name: string, command?: string, args: string[], cwd?: string, env?: object, prepare?: () => unknown }} Program
 */

/** How often the peak of a child is read. It only grows, so the last look before the end is close to it. */
const LOOK_MS = 20;

/**
 * Runs programs in turn (A B C A B C …), each in a fresh process, and returns what each run took, by name.
 * Machines drift, so only ratios taken inside one round mean anything.
 * @returns {Promise<Map<string, { ms: number, peakMb: number | undefined }[]>>}
 */
export async function inTurn(programs, rounds) {
  const runs = new Map(programs.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const program of programs) {
      await program.prepare?.();
      runs.get(program.name).push(await runProgram(program));
    }
  }
  return runs;
}

/** Median over the rounds of the time of `name` divided by that of `against`. */
export function medianRatio(runs, name, against) {
  return median(runs.get(name).map(({ ms }, round) => ms / runs.get(against)[round].ms));
}

export function medianMs(runs, name) {
  return median(runs.get(name).map(({ ms }) => ms));
}

/** The largest resident memory of any run, in MB of a million bytes; undefined where /proc does not tell. */
export function peakMbOf(runs, name) {
  const peaks = runs.get(name).flatMap(({ peakMb }) => (peakMb === undefined ? [] : [peakMb]));
  return peaks.length === 0 ? undefined : Math.max(...peaks);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/**
 * Runs one program to its end.
 * @throws {Error} when it does not end well: a figure of a failed run would be a lie
 */
export async function runProgram({ name, command = process.execPath, args, cwd, env }) {
  const startedMs = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd, env });
  let peakMb;
  const look = setInterval(() => {
    peakMb = readPeakMb(child.pid) ?? peakMb;
  }, LOOK_MS);
  try {
    await new Promise((resolve, reject) => {
      let errors = '';
      child.stderr.on('data', (chunk) => (errors = `${errors}${chunk}`.slice(-2000)));
      child.once('error', reject);
      child.once('close', (code, signal) => {
        if (code === 0) resolve();
        else reject(new Error(`Cannot measure ${name}: it ended with ${code ?? signal}: ${errors}`));
      });
    });
  } finally {
    clearInterval(look);
  }
  return { ms: performance.now() - startedMs, peakMb };
}

/** VmHWM, the high-water mark that Linux keeps of each process. */
function readPeakMb(pid) {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kib === undefined ? undefined : (Number(kib) * 1024) / 1e6;
  } catch {
    return undefined; // the process is gone, or this is not Linux
  }
}
