import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentFor, startChild } from '../child.mjs';
import { openScene, startElsewhere } from '../service.mjs';
import { LOG, STATE } from '../witness.mjs';
import { format } from './state-tools.mjs';

/** Larger files are compared by their size: nobody writes so much by mistake. */
const LARGEST_HASHED = 50 * 1024 * 1024;

/**
 * A folder whose job is half done, made by the program itself.
 * @param {import('../packed.mjs').Program} program
 * @param {import('../warm.mjs').Warm | undefined} warm
 */
export async function openHalfDone(program, warm) {
  const scene = await openScene(program, {});
  const elsewhere = await startElsewhere();
  const { folder, proxy } = scene;
  const env = environmentFor(folder, proxy.url, { BATCH_SUBMIT_POLL: '20ms' });
  const run = (command) => {
    const args = command.split(' ');
    return warm === undefined
      ? startChild(program.bin, args, { folder, env }).ended
      : warm.run(args, { folder, env });
  };
  for (const command of ['run --only 1', 'submit --only 2']) {
    const { code, output } = await run(command);
    if (code !== 0) throw new Error(`\`${command}\` ended with exit code ${code}: ${output}`);
  }
  const state = readFileSync(join(folder, STATE));
  const base = { state, value: JSON.parse(state.toString('utf8')), log: readFileSync(join(folder, LOG)) };
  return {
    ...scene,
    run,
    base,
    elsewhere,
    async close() {
      elsewhere.close();
      await scene.close();
    },
  };
}

/**
 * Puts the bad files of a case into the folder.
 * @param {Awaited<ReturnType<typeof openHalfDone>>} scene
 * @param {import('./state-tools.mjs').StateCase} one
 */
export function applyCase({ folder, base, elsewhere }, one) {
  const copy = { state: Buffer.from(base.state), value: structuredClone(base.value), log: base.log };
  if (one.state !== undefined) writeFileSync(join(folder, STATE), format(one.state(copy)));
  if (one.log !== undefined) writeFileSync(join(folder, LOG), one.log(copy));
  one.arrange?.(folder, copy, {
    elsewhere: elsewhere.url,
    write: (where, value) => writeFileSync(join(where, STATE), format(value)),
  });
}

/** @returns {Map<string, string>} what stands under each name below the folder */
export function contentOf(folder, prefix = '') {
  const found = new Map();
  for (const name of readdirSync(join(folder, prefix)).sort()) {
    const path = join(prefix, name);
    const facts = lstatSync(join(folder, path));
    if (facts.isDirectory()) {
      found.set(path, 'folder');
      for (const [inner, content] of contentOf(folder, path)) found.set(inner, content);
    } else if (facts.isSymbolicLink()) found.set(path, `link to ${readlinkSync(join(folder, path))}`);
    else if (!facts.isFile()) found.set(path, `special ${facts.mode}`);
    else
      found.set(
        path,
        `file ${facts.size} ${facts.mode} ${facts.size > LARGEST_HASHED ? '' : hashOf(folder, path)}`,
      );
  }
  return found;
}

function hashOf(folder, path) {
  return createHash('sha256')
    .update(readFileSync(join(folder, path)))
    .digest('hex');
}

/** Removes all that is in the folder, whatever it is, but not the folder itself. */
export function emptyFolder(folder) {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}
