import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, parse, resolve, sep } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { BatchSubmitError } from '../model/errors.ts';

/**
 * The real paths of the folders that the tools may touch.
 * @throws {BatchSubmitError} `E_USAGE` for a folder that is not there, or the root of a disk, which confines nothing
 */
export async function findRoots(workFolder: string, more: readonly string[]): Promise<readonly string[]> {
  const roots: string[] = [];
  for (const folder of [workFolder, ...more]) {
    const real = await realpath(folder).catch((error: unknown) => {
      throw new BatchSubmitError('E_USAGE', `Cannot serve the folder "${folder}": it is not there`, {
        hint: 'give `--cwd` and `--root` existing folders',
        cause: error,
      });
    });
    if (real === parse(real).root) {
      throw new BatchSubmitError('E_USAGE', `Cannot serve the folder "${real}": it is a whole disk`, {
        hint: 'name the folder with your batches as `batch-submit mcp --cwd <dir>`',
      });
    }
    roots.push(real);
  }
  return roots;
}

/**
 * Where `path` really is, links followed; of a file that is not there yet, where it would be.
 * @throws {BatchSubmitError} `E_USAGE` when that is in none of the roots
 */
export async function realPathWithin(path: string, roots: readonly string[], what: string): Promise<string> {
  const real = await realPathOf(resolve(path));
  if (roots.some((root) => real === root || real.startsWith(root + sep))) return real;
  throw new BatchSubmitError('E_USAGE', `Cannot use ${what} "${path}": it lies outside the served folders`, {
    hint: 'start the server with `--root <dir>` for each further folder that it may use',
  });
}

/** A link whose target is missing is followed as well: a file made by its name would be made there. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw unusable(path, error);
    const parent = dirname(path);
    if (parent === path) return path;
    const real = join(await realPathOf(parent), basename(path));
    if (await isLink(path)) throw unusable(path, error);
    return real;
  }
}

async function isLink(path: string): Promise<boolean> {
  const entries: readonly Dirent[] = await readdir(dirname(path), { withFileTypes: true }).catch(() => []);
  return entries.some((entry) => entry.name === basename(path) && entry.isSymbolicLink());
}

function unusable(path: string, cause: unknown): BatchSubmitError {
  return new BatchSubmitError('E_USAGE', `Cannot use "${path}": where it really lies cannot be told`, {
    hint: 'replace links that lead nowhere by files',
    cause,
  });
}

/** What the commands read and write besides the input files. */
const PATHS: readonly (readonly [setting: keyof Settings, what: string])[] = [
  ['input', 'the input folder'],
  ['output', 'the results folder'],
  ['state', 'the state file'],
  ['log', 'the log'],
  ['report', 'the report'],
  ['prices', 'the price file'],
];

/**
 * Looks at every path of the settings and at every link among the files that the commands read or write, before each
 * call: what a folder holds may have changed.
 * @throws {BatchSubmitError} `E_USAGE`
 */
export async function refuseOutside(settings: Settings, roots: readonly string[]): Promise<void> {
  for (const [name, what] of PATHS) {
    const path = settings[name];
    if (typeof path === 'string' && path !== '-') await realPathWithin(path, roots, what);
  }
  const { input, output, state, log, report } = settings;
  const isJsonl = (name: string): boolean => /\.jsonl$/i.test(name);
  await refuseLinks(input, isJsonl, roots, 'the input file');
  await refuseLinks(output, isJsonl, roots, 'the result');
  await refuseLinks(`${state}.staged`, () => true, roots, 'the copy');
  // Beside these stand others that begin like them: a lock, a backup, the copies, the page.
  for (const [path, what] of [
    [state, 'the state file'],
    [log, 'the log'],
    [report, 'the report'],
  ] as const) {
    const { name } = parse(path);
    await refuseLinks(dirname(path), (entry) => entry.startsWith(name), roots, what);
  }
}

async function refuseLinks(
  folder: string,
  isMeant: (name: string) => boolean,
  roots: readonly string[],
  what: string,
): Promise<void> {
  const entries: readonly Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isSymbolicLink() && isMeant(entry.name))
      await realPathWithin(join(folder, entry.name), roots, what);
  }
}
