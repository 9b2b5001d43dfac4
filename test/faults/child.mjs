import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** No real key; its words make it easy to find where it must not be. */
export const KEY = 'AIzaSyFault-battery-NOT-a-real-key-01234';

/**
 * How a process ended.
 * @typedef {object} Ended
 * @property {string} command
 * @property {number | string} code exit code, or the name of the signal that ended it
 * @property {string} output both streams
 * @property {number} ms
 */

/**
 * @typedef {object} Child
 * @property {number | undefined} pid
 * @property {Promise<Ended>} ended
 * @property {() => boolean} isOver
 * @property {(signal: NodeJS.Signals) => void} signal
 */

/** Waits as short as a battery can bear, as variables because not every command takes every flag. */
const SHORT_WAITS = {
  BATCH_SUBMIT_RETRY_DELAY: '20ms',
  BATCH_SUBMIT_RATE_LIMIT_WAIT: '50ms',
  BATCH_SUBMIT_MAX_RETRIES: '3',
  BATCH_SUBMIT_SETTLE: '900ms',
  BATCH_SUBMIT_POLL: '50ms',
};

/**
 * The whole environment of a process under test: nothing comes from whoever starts the battery.
 * @param {string} folder
 * @param {string} baseUrl
 * @param {Record<string, string>} [more]
 */
export function environmentFor(folder, baseUrl, more = {}) {
  return {
    PATH: process.env.PATH,
    HOME: join(folder, '..', 'home'),
    TZ: 'UTC',
    GEMINI_API_KEY: KEY,
    BATCH_SUBMIT_BASE_URL: baseUrl,
    ...SHORT_WAITS,
    ...more,
  };
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const alive = new Set();
// A battery that is interrupted leaves nothing running.
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/**
 * Starts a script with this Node in `folder`.
 * @param {string} script
 * @param {readonly string[]} args
 * @param {{ folder: string, env: Record<string, string | undefined> }} options
 * @returns {Child}
 */
export function startChild(script, args, { folder, env }) {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [script, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  alive.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  let over = false;
  child.once('exit', () => {
    over = true;
    alive.delete(child);
  });
  const ended = once(child, 'close').then(([code, signal]) => ({
    command: args.join(' '),
    code: code ?? signal,
    output,
    ms: Math.round(performance.now() - startedMs),
  }));
  return {
    pid: child.pid,
    ended,
    isOver: () => over,
    // An ended child's number may be somebody else's by now; the handle knows, a bare number would not.
    signal: (signal) => void child.kill(signal),
  };
}
