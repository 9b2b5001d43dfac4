import { fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('warm-child.mjs', import.meta.url));

/**
 * A process that has the packed program loaded and runs many command lines, one after the other.
 * @typedef {object} Warm
 * @property {(args: readonly string[], options: { folder: string, env: object }) => Promise<import('./child.mjs').Ended>} run
 * @property {() => Promise<void>} close
 */

/**
 * Half of a short run is Node loading modules, so runs that no signal is meant for may go to a process
 * that stays. Which ones do is the choice of the parts; a good share is made by fresh processes always.
 * @param {import('./packed.mjs').Program} program
 * @returns {Warm}
 */
export function createWarm(program) {
  /** @type {ReturnType<typeof start> | undefined} */
  let current;
  return {
    async run(args, { folder, env }) {
      current ??= start(program);
      const startedMs = performance.now();
      const answer = await (await current).ask({ args, folder, env });
      // Whatever ended it also fails the trial; the next one gets a new process.
      if (answer === undefined) current = undefined;
      return {
        command: args.join(' '),
        ms: Math.round(performance.now() - startedMs),
        ...(answer ?? { code: 'died', output: '' }),
      };
    },
    close: async () => (await current)?.end(),
  };
}

async function start(program) {
  const child = fork(SCRIPT, [join(program.root, 'dist')], {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH, TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit').then(() => undefined);
  const answer = () => Promise.race([once(child, 'message').then(([message]) => message), gone]);
  await answer();
  return {
    ask(question) {
      if (child.connected) child.send(question);
      return answer();
    },
    end: () => child.kill('SIGKILL'),
  };
}
