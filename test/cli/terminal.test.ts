import { describe } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { maskOutput } from './transcript.ts';
import { test, type Workbench } from './workbench.ts';
import { FAKE_KEY } from './run-cli.ts';
import { createTerminal } from './terminal.ts';

/** Runs one command in this process, with terminals for its streams. */
async function onTerminal(bench: Workbench, line: string): Promise<string> {
  const terminal = createTerminal({
    argv: [
      ...line.split(' '),
      '--state',
      bench.path('state.json'),
      '--log',
      bench.path('log.jsonl'),
      '--no-env-file',
    ],
    env: {
      GEMINI_API_KEY: FAKE_KEY,
      NO_COLOR: '1',
      BATCH_SUBMIT_BASE_URL: bench.emulator.url,
      BATCH_SUBMIT_CONCURRENCY: '1',
      BATCH_SUBMIT_INPUT: bench.path('batches'),
    },
  });
  const code = await main(terminal.io);
  return maskOutput(
    [`exit ${code}`, '--- stdout', terminal.stdout(), '--- stderr', terminal.stderr()].join('\n'),
    bench.folder,
  );
}

describe('on a terminal', () => {
  test('a submit shows marks, aligned columns, and what to do next', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench();
    expect(await onTerminal(bench, 'submit')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      ✓ 001   submitted    batches/<job>
      ✓ 002   submitted    batches/<job>
      ✓ 003   submitted    batches/<job>

      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      <folder>/batches   3 batches, 534 B
        State      <folder>/state.json   0 done, 3 remaining (1-3)


      Submitted 3 batches in <duration>
        Total      3 of 3 submitted, 0 failed
        State      <folder>/state.json
        Log        <folder>/log.jsonl

      Next: batch-submit watch       follow the jobs
      "
    `);
  });

  test('status shows groups with a heading, and the batches behind each number', async ({
    openWorkbench,
    expect,
  }) => {
    const outcomes = ['succeeded', 'failed', 'stuck_running', 'expired'] as const;
    const bench = await openWorkbench({
      batches: [1, 2, 3, 4, 5],
      service: { outcome: ({ number }) => outcomes[number - 1] },
    });
    await onTerminal(bench, 'submit 1 4');
    bench.pass(10_000);
    expect(await onTerminal(bench, 'status --refresh')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      5 batches · job states as of <duration> ago (--refresh to ask)

        Not submitted       1     5
        Running             1     3
        Succeeded           1     1   0 downloaded
        Failed              1     2
        Expired             1     4
        Quota in use        1     of 100 jobs, 6 tokens

      Nearest deadline: job of batch 3 expires in 47 h

      Next: batch-submit retry       submit again what failed

      --- stderr
      "
    `);
    expect(await onTerminal(bench, 'status --list')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      001   succeeded    batches/<job>
      002   failed       batches/<job>   The input of the batch is invalid.
      003   submitted    batches/<job>
      004   expired      batches/<job>
      005   pending

      --- stderr
      "
    `);
  });

  test('a dry run shows each batch and what it would cost', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [1, 2] });
    await onTerminal(bench, 'submit 1 1');
    expect(await onTerminal(bench, 'submit --dry-run')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
        001   skip              submitted as batches/<job>
        002   upload + create   178 B
      Would upload 1 file (178 B) and create 1 job on gemini-2.5-flash. Nothing was sent.

      --- stderr
      "
    `);
  });

  test('config is a table', async ({ openWorkbench, expect }) => {
    const shown = await onTerminal(await openWorkbench(), 'config');
    expect(shown).toContain('\nmodel             gemini-2.5-flash ');
  });

  test('cancel asks, and no is the answer to anything but yes', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [1] });
    await onTerminal(bench, 'submit');
    const shown = await onTerminal(bench, 'cancel 1');
    expect(shown).toContain('Cancel 1 job (1)? Answers not made yet are lost. [y/N]');
    expect(shown).toContain('exit 2');
    expect(bench.emulator.accepted().cancels).toEqual([]);
  });
});
