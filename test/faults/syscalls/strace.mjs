import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FIXED_RANDOM = new URL('fixed-random.mjs', import.meta.url).href;
/** Stands for the process number of the traced program, in paths that are named before it has one. */
export const PID = '<pid>';

/**
 * What the temporary file of a save is called under `fixed-random.mjs`.
 * @param {string} name of the file that is saved
 */
export function temporaryNameOf(name) {
  return `.${name}.${PID}.${'fa'.repeat(8)}.tmp`;
}

/**
 * A fault at one system call.
 * @typedef {object} Aim
 * @property {string} syscall
 * @property {string} path its first path, or the path of its descriptor; may hold `PID`
 * @property {number} nth among the calls of this name on this path
 * @property {string} kind `kill`, or the word of an error
 */

/** @type {Set<import('node:child_process').ChildProcess>} */
const alive = new Set();
// A battery that is interrupted leaves nothing running.
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/**
 * Why nothing can be traced here; `undefined` when it can. Found by tracing something: permissions of
 * containers, kernels and users have too many names.
 * @returns {string | undefined}
 */
export function problemWithTracing() {
  if (process.platform !== 'linux') return `strace is for Linux, this is ${process.platform}`;
  const folder = mkdtempSync(join(tmpdir(), 'batch-submit-faults-strace-'));
  try {
    const output = join(folder, 'trace');
    const inject = ['-e', 'trace=openat', '-e', 'inject=openat:error=EIO:when=1'];
    const words = ['-D', '-f', '-qq', '-s', '0', '--seccomp-bpf', '-P', folder, ...inject, '-o', output];
    const { error, stderr } = spawnSync('strace', [...words, 'ls', folder], { encoding: 'utf8' });
    if (error !== undefined) return `strace does not start: ${error.message}`;
    const struck = until(() => readIfThere(output).includes('(INJECTED)'));
    return struck ? undefined : `strace cannot trace here: ${stderr.trim() || 'it traced nothing'}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Starts the program with strace beside it. The tracer is the grandchild (`-D`), so the program is our
 * own child, with a process number that its temporary files can be named by.
 * @param {import('../packed.mjs').Program} program
 * @param {readonly string[]} args
 * @param {{ folder: string, env: Record<string, string | undefined>, trace: string, options: readonly string[] }} options
 *   `trace` is the file that strace writes, `options` say what to trace
 */
export function startTraced(program, args, { folder, env, trace, options }) {
  const startedMs = performance.now();
  const words = ['strace', '-D', '-f', '-qq', '-s', '0', '-o', trace, '-e', 'signal=none', ...options];
  const line = [...words, process.execPath, program.bin, ...args].map(quote).join(' ');
  const child = spawn('/bin/sh', ['-c', `exec ${line}`], {
    cwd: folder,
    // One thread for the files, so that they are asked for in the same order every time.
    env: { ...env, UV_THREADPOOL_SIZE: '1', NODE_OPTIONS: `--import=${FIXED_RANDOM}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  alive.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  child.once('exit', () => alive.delete(child));
  // The tracer holds the streams as well: when they are closed, the trace is complete.
  const ended = once(child, 'close').then(([code, signal]) => ({
    command: args.join(' '),
    code: code ?? signal,
    output,
    ms: Math.round(performance.now() - startedMs),
  }));
  return { pid: child.pid, ended };
}

/**
 * @param {Aim} aim
 * @param {string} folder
 * @returns {readonly string[]} the options of strace that strike there
 */
export function optionsFor({ syscall, path, nth, kind }, folder) {
  const what = kind === 'kill' ? 'signal=KILL' : `error=${kind}`;
  // The filter by seccomp is faster, and loses the signal (strace 6.1).
  const fast = kind === 'kill' ? [] : ['--seccomp-bpf'];
  // The path as the program may say it, whole or from its folder: strace compares texts.
  const paths = path === '' ? [folder] : [join(folder, path), path];
  return [
    ...fast,
    ...paths.flatMap((one) => ['-P', one]),
    '-e',
    `trace=${syscall}`,
    '-e',
    `inject=${syscall}:${what}:when=${nth}`,
  ];
}

/**
 * What strace says it did, not what it was asked to do.
 * @param {string} trace
 * @param {Aim} aim
 * @param {import('../child.mjs').Ended} ended
 */
export function hasStruck(trace, { syscall, nth, kind }, ended) {
  const text = readIfThere(trace);
  if (kind !== 'kill') return text.split('(INJECTED)').length === 2;
  // The call that the kill met never came back, so it shows no result.
  const whole = text.split('\n').filter((line) => /\) += -?\d/.test(line) && line.includes(syscall));
  return ended.code === 'SIGKILL' && text.includes(`${syscall}(`) && whole.length === nth - 1;
}

function quote(word) {
  return `'${word.replaceAll("'", `'\\''`).replaceAll(PID, () => `'"$$"'`)}'`;
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
}

/** The tracer may write its last line a moment after the end of what it traced. */
function until(isTrue) {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; tries < 50 && !isTrue(); tries += 1) Atomics.wait(pause, 0, 0, 10);
  return isTrue();
}
