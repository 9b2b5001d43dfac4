import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The program as it is published, unpacked into a folder of its own.
 * @typedef {object} Program
 * @property {string} root the unpacked package
 * @property {string} bin what `batch-submit` starts
 * @property {() => Promise<typeof import('../../src/emulator/index.ts')>} emulator
 * @property {() => Promise<typeof import('../../src/emulator/router.ts')>} router
 * @property {() => Promise<void>} remove
 */

/**
 * Packs the built package and unpacks it elsewhere: what is tested is what people install, and a build
 * that happens meanwhile changes nothing.
 * @returns {Promise<Program>}
 */
export async function packProgram() {
  const home = await mkdtemp(join(tmpdir(), 'batch-submit-faults-packed-'));
  const source = join(home, 'source');
  await mkdir(source);
  for (const name of ['package.json', 'dist', 'CHANGELOG.md', 'README.md', 'LICENSE']) {
    await cp(join(REPOSITORY, name), join(source, name), { recursive: true });
  }
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { stdout } = await run(
    npm,
    ['pack', '--json', '--ignore-scripts', '--offline', '--pack-destination', home],
    {
      cwd: source,
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const [{ filename }] = JSON.parse(stdout);
  await run('tar', ['-xzf', join(home, filename), '-C', home]);
  await rm(source, { recursive: true });
  return await describe(home, join(home, 'package'));
}

/**
 * A copy of the program with one text replaced, for showing that the battery sees the difference.
 * @param {Program} program
 * @param {{ file: string, search: string, replace: string }} bug `file` is relative to `dist/`
 * @returns {Promise<Program>}
 */
export async function plantBug(program, bug) {
  const home = await mkdtemp(join(tmpdir(), 'batch-submit-faults-planted-'));
  const root = join(home, 'package');
  await cp(join(program.root, 'dist'), join(root, 'dist'), { recursive: true });
  await cp(join(program.root, 'package.json'), join(root, 'package.json'));
  const path = join(root, 'dist', bug.file);
  const text = await readFile(path, 'utf8');
  const places = text.split(bug.search).length - 1;
  if (places !== 1) {
    await rm(home, { recursive: true, force: true });
    throw new Error(
      `dist/${bug.file} holds the searched text ${places} times, not once: bring the bug up to date`,
    );
  }
  await writeFile(
    path,
    text.replace(bug.search, () => bug.replace),
  );
  // A program that does not even load would be noticed by anything, and prove nothing.
  await run(process.execPath, ['--check', path]);
  return await describe(home, root);
}

/**
 * @param {string} home
 * @param {string} root
 * @returns {Promise<Program>}
 */
async function describe(home, root) {
  await symlink(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'), 'junction');
  const load = (name) => import(pathToFileURL(join(root, 'dist', name)).href);
  return {
    root,
    bin: join(root, 'dist', 'bin.js'),
    emulator: () => load('emulator/index.js'),
    router: () => load('emulator/router.js'),
    remove: () => rm(home, { recursive: true, force: true }),
  };
}
