import { mkdir, rename } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { test } from './workbench.ts';

/** A tab, a line end, and what a terminal obeys. */
const ODD = 're\tsu\nlts\u001B[31m';

describe.concurrent('records for a pipe', () => {
  test('have their fields in one line, whatever a folder is called', async ({ openWorkbench }) => {
    const bench = await openWorkbench({ batches: [1], env: { BATCH_SUBMIT_OUTPUT: ODD } });
    await bench.given();
    bench.pass(10_000);
    const { stdout } = await bench.given('download');
    expect(stdout).toBe('1\tdownloaded\tre\\u{9}su\\u{a}lts\\u{1b}[31m/batch_001.jsonl\n');
    for (const line of ['doctor', 'config', 'status --list', 'cleanup -n']) {
      const { stdout: records } = await bench.cli(line);
      const widths = new Set(
        records
          .trimEnd()
          .split('\n')
          .map((record) => record.split('\t').length),
      );
      expect({ line, widths: [...widths].every((width) => width >= 2 && width <= 5) }).toEqual({
        line,
        widths: true,
      });
    }
  });

  test('hold a failure in one line too', async ({ openWorkbench }) => {
    const bench = await openWorkbench({ batches: [1] });
    await mkdir(bench.path(ODD));
    await rename(bench.path('batches'), bench.path(ODD, 'batches'));
    const { stdout } = await bench.cli('', { BATCH_SUBMIT_INPUT: `${ODD}/batches` });
    expect(stdout.match(/\n/g)).toHaveLength(1);
  });
});
