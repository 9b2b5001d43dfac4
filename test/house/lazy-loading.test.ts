import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { BIN } from '../cli/run-cli.ts';

const HOOK = fileURLToPath(new URL('fixtures/list-imports.mjs', import.meta.url));

/** Packages that cost more than a help page may. */
const HEAVY = [
  'zod',
  'pino',
  'p-retry',
  'p-limit',
  '@google/genai',
  'log-update',
  '@modelcontextprotocol/client',
  '@modelcontextprotocol/server',
];

/** Names of the packages that a command line loads. */
async function packagesOf(line: string): Promise<ReadonlySet<string>> {
  const places = await placesOf([BIN, ...line.split(' ')]);
  const names = [...places.matchAll(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].map(([, name]) => name ?? '');
  return new Set(names);
}

/** Where the modules are that a program loads, one a line. */
async function placesOf(program: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ['--import', HOOK, ...program], {
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  let places = '';
  child.stdio[3]?.on('data', (chunk: Buffer) => {
    places += String(chunk);
  });
  await once(child, 'close');
  return places;
}

describe('what a command line loads', () => {
  test.for(['--version', '--help', 'help'])('%s loads no package at all', async (line) => {
    expect([...(await packagesOf(line))]).toEqual([]);
  });

  test.for([
    '-v --help',
    'submit --help',
    'help rehearse',
    'help exit-codes',
    'completion bash',
    '__complete -- st',
  ])('%s loads commander and nothing heavy', async (line) => {
    const packages = await packagesOf(line);
    expect(packages).toContain('commander');
    expect(HEAVY.filter((name) => packages.has(name))).toEqual([]);
  });

  test('status without --refresh loads neither the SDK nor zod', async () => {
    const packages = await packagesOf('status');
    expect(packages, 'the hook sees what is loaded').toContain('commander');
    expect(packages).not.toContain('@google/genai');
    expect(packages).not.toContain('zod');
  });

  test('unlock loads zod, as the hook sees', async () => {
    expect(await packagesOf('unlock')).toContain('zod');
  });

  test.for(['staus', '--no-such-flag', 'status 5 3'])(
    'a usage error (%s) does not load the SDK either',
    async (line) => {
      expect(await packagesOf(line)).not.toContain('@google/genai');
    },
  );
});

test('importing the package loads no other package, no command and no emulator', async () => {
  const places = await placesOf([fileURLToPath(new URL('../../dist/index.js', import.meta.url))]);
  expect(places).toContain('/dist/library/create-batch-submit.js');
  expect(places.match(/node_modules|\/dist\/(?:cli\/commands|emulator|gemini|submit|collect)\//g)).toBeNull();
});
