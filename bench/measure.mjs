import { spawn } from 'node:child_process';

/**
 * Runs programs in turn (A B A B …), each in a fresh process, and returns the wall times in ms by name.
 * Machines drift, so only ratios taken inside one round mean anything.
 */
export async function inTurn(programs, rounds) {
  const times = new Map(programs.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, prepare, args, options } of programs) {
      await prepare?.();
      times.get(name).push(await timed(args, options));
    }
  }
  return times;
}

/** Median over the rounds of `name` divided by `against`. */
export function medianRatio(times, name, against) {
  const ratios = times.get(name).map((ms, round) => ms / times.get(against)[round]);
  return median(ratios);
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

export function row(measure, ratio, target) {
  console.log(`${measure.padEnd(58)} ${ratio.toFixed(2).padStart(7)}   target ${target}`);
}

async function timed(args, options = {}) {
  const started = performance.now();
  await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], ...options });
    let errors = '';
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`exit ${code}: ${errors}`))));
  });
  return performance.now() - started;
}
