import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));
/** The rooms that the protocol imports from; the rest of the program is not copied. */
const ROOMS = ['model', 'submit', 'service', 'collect', 'audit', 'state', 'input', 'config'];

const seam = (name) => new URL(`seams/${name}.mjs`, import.meta.url).href;

/** @typedef {{ file: string, find: string, replace: string }} Mutation */

/**
 * The only changes made to the modules under test: the file calls go to the simulated disk.
 * @type {readonly Mutation[]}
 */
const SEAMS = [
  { file: 'submit/submit-batch.js', find: "'../input/inspect.js'", replace: `'${seam('inspect')}'` },
  { file: 'state/state-store.js', find: "'./atomic-file.js'", replace: `'${seam('state-file')}'` },
  {
    file: 'state/state-store.js',
    find: "import { parseStateBytes, readStateBytes } from './load-state.js';",
    replace: `import { parseStateBytes } from './load-state.js';\nimport { readStateBytes } from '${seam('state-file')}';`,
  },
  { file: 'state/ballast.js', find: "'node:fs/promises'", replace: `'${seam('state-file')}'` },
  { file: 'state/kept-copies.js', find: "'./atomic-file.js'", replace: `'${seam('state-file')}'` },
  { file: 'state/kept-copies.js', find: "'./load-state.js'", replace: `'${seam('state-file')}'` },
];

/**
 * Keeps copies of the built program, one for each set of planted changes, in a folder that goes away
 * with the run: a build beside it then cannot change what is tested half-way.
 */
export async function openWorkbench() {
  const folder = await mkdtemp(join(tmpdir(), 'batch-submit-simulation-'));
  await cp(join(PROJECT, 'package.json'), join(folder, 'package.json'));
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const original = join(folder, 'original');
  await mkdir(original);
  for (const room of ROOMS) await cp(join(PROJECT, 'dist', room), join(original, room), { recursive: true });

  return {
    /**
     * @param {string} name
     * @param {readonly Mutation[]} mutations
     * @returns {Promise<string>} the folder of the copy
     */
    async copyWith(name, mutations) {
      const root = join(folder, name);
      await cp(original, root, { recursive: true });
      for (const mutation of [...SEAMS, ...mutations]) await plant(root, mutation);
      return root;
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A change that finds no place would prove nothing, so it is an error. */
async function plant(root, { file, find, replace }) {
  const path = join(root, file);
  const text = await readFile(path, 'utf8');
  const places = text.split(find).length - 1;
  if (places !== 1) {
    throw new Error(`Cannot change ${file}: ${JSON.stringify(find)} occurs ${places} times instead of once`);
  }
  await writeFile(
    path,
    text.replace(find, () => replace),
  );
}
