import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../house/source-files.ts';
import { packInto, type Tarball } from './tarball.ts';

const TRY = fileURLToPath(new URL('try-tarball.mjs', import.meta.url));

interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly man: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly scripts: Readonly<Record<string, string>>;
}

let folder: string;
let tarball: Tarball;
let manifest: Manifest;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batch-submit-tarball-'));
  tarball = await packInto(folder);
  manifest = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as Manifest; // the tests below look at it
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function names(): readonly string[] {
  return tarball.files.map(({ path }) => path);
}

describe('the package', () => {
  test('holds what runs, its types, and what its user reads', () => {
    const top = new Set(names().map((path) => path.replace(/^(docs\/[^/]+|[^/]+).*$/, '$1')));
    expect([...top].sort()).toEqual([
      '.env.example',
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'docs/batch-submit.1',
      'docs/library.md',
      'docs/schema',
      'package.json',
    ]);
    const others = names().filter((path) => path.startsWith('dist/') && !/\.(?:js|d\.ts)$/.test(path));
    expect(others).toEqual([]);
    expect(names().filter((path) => /^dist\/probe\/|\.test\./.test(path))).toEqual([]);
  });

  test('is small', () => {
    expect(tarball.sizeBytes).toBeLessThan(820_000);
  });

  test('has a type declaration for each module', () => {
    const modules = names().filter((path) => path.endsWith('.js'));
    expect(modules.length).toBeGreaterThan(100);
    const present = new Set(names());
    expect(modules.filter((path) => !present.has(path.replace(/\.js$/, '.d.ts')))).toEqual([]);
  });

  test('has all that its manifest points to', () => {
    const targets = [manifest.exports, manifest.bin, manifest.man].flatMap((part) => targetsOf(part));
    expect(targets.length).toBeGreaterThan(5);
    const missing = targets.filter((target) => {
      const [before = '', after] = target.replace(/^\.\//, '').split('*');
      return !names().some((path) =>
        after === undefined ? path === before : path.startsWith(before) && path.endsWith(after),
      );
    });
    expect(missing).toEqual([]);
  });

  test('starts as a program', async () => {
    const bin = tarball.files.find(({ path }) => path === manifest.bin['batch-submit']);
    expect(bin?.mode).toBe(0o755);
    expect(await readFile(`${ROOT}dist/bin.js`, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test('runs nothing when it is installed', () => {
    const hooks = new Set(['preinstall', 'install', 'postinstall', 'prepare', 'prepublish']);
    expect(Object.keys(manifest.scripts).filter((name) => hooks.has(name))).toEqual([]);
  });

  test(
    `works on Node ${process.version} after an install from its tarball`,
    { timeout: 120_000 },
    async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [TRY, tarball.path]);
      expect(stdout).toBe(
        `batch-submit ${manifest.version} from its tarball works on Node ${process.version}\n`,
      );
    },
  );
});

/** Every path in a part of the manifest; `*` stands for any name. */
function targetsOf(part: unknown): readonly string[] {
  if (typeof part === 'string') return [part];
  return typeof part === 'object' && part !== null
    ? Object.values(part).flatMap((one) => targetsOf(one))
    : [];
}
