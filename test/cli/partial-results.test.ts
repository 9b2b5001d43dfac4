import { readdir, readFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { batchText } from './batch-files.ts';
import { parseLines, statusesIn } from './saved-files.ts';
import { requestsTo } from './service-record.ts';
import { until } from './until.ts';
import { test } from './workbench.ts';

describe.concurrent('what a cancelled job had answered by then', () => {
  test('watch saves it, and a later download asks for nothing', async ({ openWorkbench, expect }) => {
    const { given, cli, start, pass, path, folder, emulator } = await openWorkbench({
      batches: [1],
      service: { cancelRunning: 'cancelled' },
    });
    await given();
    const watch = start('watch');
    await until('the job is pending', () => watch.stderr().includes('1 pending'));
    pass(8000);
    await until('the job runs', () => watch.stderr().includes('1 running'));
    watch.signal('SIGINT');
    await watch.ended;
    await cli('cancel 1 1 --yes');

    expect(await cli('watch')).toMatchObject({ code: 3 });
    expect(await statusesIn(folder)).toEqual({ 1: 'cancelled' });
    const names = (await readdir(path('batch_results'))).filter((name) => name !== 'merged.jsonl');
    expect(names).toEqual(['batch_001.partial-1.jsonl']);
    const lines = parseLines(await readFile(path('batch_results', 'batch_001.partial-1.jsonl'), 'utf8'));
    expect(lines.filter((line) => 'response' in line)).not.toEqual([]);
    expect(lines.length).toBeLessThanOrEqual(parseLines(batchText(1)).length);

    expect(requestsTo(emulator, 'download')).toHaveLength(1);
    await cli('download');
    await cli('watch');
    expect(requestsTo(emulator, 'download')).toHaveLength(1);
  });
});
