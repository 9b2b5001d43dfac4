import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'vitest';
import { FAKE_KEY } from '../cli/run-cli.ts';
import { test, type Workbench } from '../cli/workbench.ts';

/** Files below the workbench whose bytes hold the key, whole or escaped. */
async function filesWithKey({ folder }: Workbench): Promise<readonly string[]> {
  const root = join(folder, '..');
  const names = await readdir(root, { recursive: true });
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(root, name);
      return (await stat(path)).isFile() && (await readFile(path)).includes(FAKE_KEY) ? [name] : [];
    }),
  );
  return files.flat();
}

const COMMANDS = [
  'run -v',
  'run --json',
  'status --refresh --list',
  'download --force -v',
  'retry --json',
  'report --json',
  'config',
  'watch',
  'cancel 1 --yes',
];

describe('the API key', () => {
  test('is in no file and no output of a whole job that meets faults', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({
      clock: 'real',
      service: {
        outcome: ({ number }) => (number === 2 ? 'failed' : 'succeeded'),
        faults: [
          { endpoint: 'batches.create', kind: 'rate_limit', at: 1 },
          { endpoint: 'upload.start', kind: 'status', status: 503, at: 2 },
          { endpoint: 'batches.create', kind: 'drop', phase: 'after', at: 3 },
        ],
      },
    });
    const said: string[] = [];
    for (const line of COMMANDS) {
      const { stdout, stderr } = await bench.cli(line);
      said.push(stdout, stderr);
    }
    expect(said.join('\n')).not.toContain(FAKE_KEY);
    expect(await filesWithKey(bench)).toEqual([]);
    expect(bench.emulator.requests().filter(({ path }) => path.includes(FAKE_KEY))).toEqual([]);
  });

  test('is not said when the service repeats it in an error', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({
      batches: [1],
      service: {
        faults: [
          { endpoint: 'batches.create', kind: 'status', status: 400, message: `bad key ${FAKE_KEY} given` },
        ],
      },
    });
    for (const line of ['-v', 'retry --json', 'status --list', 'report --output -']) {
      const { stdout, stderr } = await bench.cli(line);
      expect(`${stdout}${stderr}`).not.toContain(FAKE_KEY);
    }
    expect(await filesWithKey(bench)).toEqual([]);
  });

  test('is not said when it is refused', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [1], service: { apiKeys: ['another'] } });
    const { code, stdout, stderr } = await bench.cli('-v');
    expect(code).toBe(4);
    expect(`${stdout}${stderr}`).not.toContain(FAKE_KEY);
    expect(await filesWithKey(bench)).toEqual([]);
  });

  test('the search finds it where it is', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [1] });
    await writeFile(bench.path('.env'), `GEMINI_API_KEY=${FAKE_KEY}`, { mode: 0o600 });
    expect(await filesWithKey(bench)).toEqual([join('work', '.env')]);
  });
});
