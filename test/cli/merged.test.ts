import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { describe } from 'vitest';
import { parseLines } from './saved-files.ts';
import { test, type Workbench } from './workbench.ts';

/** The batches with an answer in a file of the output folder, one number for each answer. */
async function batchesIn({ path }: Workbench, name = 'merged.jsonl'): Promise<readonly unknown[]> {
  const lines = parseLines(await readFile(path('batch_results', name), 'utf8'));
  return lines.filter(({ response }) => response !== undefined).map(({ batch }) => batch);
}

describe.concurrent('merged.jsonl', () => {
  test('of two states with one folder: none loses the answers of the other', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({ clock: 'real' });
    await bench.given('run 1 2 --state a.json');
    const second = await bench.given('run 3 3 --state b.json');
    expect(second.stderr).toMatch(/holds answers that the new one does not.*"\S*merged\.previous\.jsonl"/);
    expect(await batchesIn(bench)).toEqual([3, 3]);
    expect(await batchesIn(bench, 'merged.previous.jsonl')).toEqual([1, 1, 2, 2]);
    const third = await bench.given('run 1 2 --state a.json');
    expect(third.stderr).toContain('merged.previous-2.jsonl');
    expect(await batchesIn(bench)).toEqual([1, 1, 2, 2]);
    expect(await batchesIn(bench, 'merged.previous-2.jsonl')).toEqual([3, 3]);
    for (const line of ['run 3 3 --state b.json', 'run 1 2 --state a.json']) await bench.given(line);
    const names = await readdir(bench.path('batch_results'));
    expect(names.filter((name) => name.startsWith('merged')).sort()).toEqual([
      'merged.jsonl',
      'merged.previous-2.jsonl',
      'merged.previous.jsonl',
    ]);
  });

  test('that is a folder is no bug: the run says what to move, and goes on from there', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({ batches: [1], clock: 'real' });
    await mkdir(bench.path('batch_results', 'merged.jsonl'), { recursive: true });
    const { code, stderr } = await bench.cli('run');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: Cannot save "\S*merged\.jsonl": it is a folder \(EISDIR\)\n\nhint: move it aside with `mv /,
    );
    await rm(bench.path('batch_results', 'merged.jsonl'), { recursive: true });
    await bench.given('run');
    expect(await batchesIn(bench)).toEqual([1, 1]);
    expect(bench.emulator.accepted().jobs).toHaveLength(1);
  });
});
