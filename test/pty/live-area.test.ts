import { readFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { test } from '../cli/workbench.ts';
import { openPty } from './open-pty.ts';
import { finish, masked, openScene } from './scene.ts';

const AREA_WAITS = /3\/5 submitted · waiting for a job to end[^]*\n {2}jobs {5}3 pending$/;

describe.concurrent('the live area in a real terminal', () => {
  test('of 80 columns', async ({ openWorkbench, expect }) => {
    const { bench, program, screen } = await openScene(openWorkbench);
    await program.shows(AREA_WAITS);
    expect(await screen()).toMatchInlineSnapshot(`
      "batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY
      )
        Input      batches   5 batches, 890 B
        State      batch_submission_state.json   0 done, 5 remaining (1-5)

      ✓ <n>   submitted    batches/<job>
      ✓ <n>   submitted    batches/<job>
      ✓ <n>   submitted    batches/<job>
      ! 004   waits for a job to end: 3 jobs with 18 tokens under way, and room for 3
      jobs
        ━━━━━━━━━━━━────────  3/5 submitted · waiting for a job to end
                 Ctrl-C is safe
        quota    3 of 3 jobs · 18 tokens
        jobs     3 pending"
    `);
    bench.pass(10_000);
    await program.shows(
      /5\/5 submitted[^]*\n {2}jobs {5}2 pending · 3 succeeded\n {2}results {2}3 of 5 saved.*$/,
    );
    expect(await screen()).toMatchInlineSnapshot(`
      "batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY
      )
        Input      batches   5 batches, 890 B
        State      batch_submission_state.json   0 done, 5 remaining (1-5)

      ✓ <n>   submitted    batches/<job>
      ✓ <n>   submitted    batches/<job>
      ✓ <n>   submitted    batches/<job>
      ! 004   waits for a job to end: 3 jobs with 18 tokens under way, and room for 3
      jobs
      ✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered
      ✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered
      ✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered
      ✓ <n>   submitted    batches/<job>
      ✓ <n>   submitted    batches/<job>
        ━━━━━━━━━━━━━━━━━━━━  5/5 submitted · Ctrl-C is safe
        jobs     2 pending · 3 succeeded
        results  3 of 5 saved · 6 of 10 requests answered"
    `);
    expect(await finish({ bench, program })).toBe(0);
    expect(await screen()).toMatchInlineSnapshot(`
      "batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY
      )
        Input      batches   5 batches, 890 B
        State      batch_submission_state.json   0 done, 5 remaining (1-5)

      ✓ <n>   submitted    batches/<job>
      ✓ <n>   submitted    batches/<job>
      ✓ <n>   submitted    batches/<job>
      ! 004   waits for a job to end: 3 jobs with 18 tokens under way, and room for 3
      jobs
      ✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered
      ✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered
      ✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered
      ✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered
      ✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered
      ✓ <n>   submitted    batches/<job>
      ✓ <n>   submitted    batches/<job>

      Submitted 5 batches in <duration>
        Total      5 of 5 submitted, 0 failed
        Results    5 in batch_results
        Requests   10 of 10 requests answered and verified
        Merged     batch_results/merged.jsonl
        Report     batch_submission_final_report.json
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl"
    `);
  });

  test('of 120 columns', async ({ openWorkbench, expect }) => {
    const { bench, program, screen } = await openScene(openWorkbench, { columns: 120 });
    await program.shows(AREA_WAITS);
    expect(await screen()).toMatchInlineSnapshot(`
      "batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   5 batches, 890 B
        State      batch_submission_state.json   0 done, 5 remaining (1-5)

      ✓ <n>   submitted    batches/<job>
      ✓ <n>   submitted    batches/<job>
      ✓ <n>   submitted    batches/<job>
      ! 004   waits for a job to end: 3 jobs with 18 tokens under way, and room for 3 jobs
        ━━━━━━━━━━━━────────  3/5 submitted · waiting for a job to end · Ctrl-C is safe
        quota    3 of 3 jobs · 18 tokens
        jobs     3 pending"
    `);
    expect(await finish({ bench, program })).toBe(0);
    expect(await program.screen.wrapped()).toBe(0);
  });

  test('is drawn anew when the terminal gets another size', async ({ openWorkbench, expect }) => {
    const { bench, program, screen } = await openScene(openWorkbench, { columns: 120, rows: 30 });
    await program.shows(AREA_WAITS);
    program.resize(50, 30);
    await program.shows(/3\/5 submitted\n {11}waiting for a job to end\n {11}Ctrl-C is safe\n[^]*3 pending$/);
    expect(await screen()).toMatchInlineSnapshot(`
      "batch-submit <version> · gemini-2.5-flash · key from t
      he environment (GEMINI_API_KEY)
        Input      batches   5 batches, 890 B
        State      batch_submission_state.json   0 done,
       5 remaining (1-5)

      ✓ <n>   submitted    batches/yrwz9feskl1b8v5asaz92
      tvhb8remktbi424
      ✓ <n>   submitted    batches/uvtyonaldqdrqvgmtdn7d
      0mmn2tk4bpxfnpl
      ✓ <n>   submitted    batches/mx4849q0j0wo4jv6z3rka
      jigleo13n9ts39j
      ! 004   waits for a job to end: 3 jobs with 18 tok
      ens under way, and room for 3 jobs
        ━━━━━━━━━━━━────────  3/5 submitted
                 waiting for a job to end
                 Ctrl-C is safe
        quota    3 of 3 jobs · 18 tokens
        jobs     3 pending"
    `);
    program.resize(100, 30);
    await program.shows(/3\/5 submitted · waiting for a job to end · Ctrl-C is safe\n[^]*3 pending$/);
    expect((await screen()).match(/3\/5 submitted/g), 'once').toHaveLength(1);
    expect(await finish({ bench, program })).toBe(0);
  });

  test('leaves no line of its own behind', async ({ openWorkbench, expect }) => {
    const { bench, program, screen } = await openScene(openWorkbench, { columns: 100, rows: 12 });
    await program.shows(AREA_WAITS);
    expect(await finish({ bench, program })).toBe(0);
    expect(await screen()).not.toMatch(/[━─]|Ctrl-C is safe/);
  });

  test('TERM=dumb has none, and not a single control character', async ({ openWorkbench, expect }) => {
    const { bench, program, screen } = await openScene(openWorkbench, {
      env: { TERM: 'dumb' },
      columns: 120,
    });
    expect(await finish({ bench, program })).toBe(0);
    expect(program.raw()).not.toContain('\u001B');
    expect(await screen()).toMatchInlineSnapshot(`
      "batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   5 batches, 890 B
        State      batch_submission_state.json   0 done, 5 remaining (1-5)

      ✓ <n>   submitted    batches/<job>
      ✓ <n>   submitted    batches/<job>
      ✓ <n>   submitted    batches/<job>
      ! 004   waits for a job to end: 3 jobs with 18 tokens under way, and room for 3 jobs
      ✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered
      ✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered
      ✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered
      ✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered
      ✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered
      ✓ <n>   submitted    batches/<job>
      ✓ <n>   submitted    batches/<job>

      Submitted 5 batches in <duration>
        Total      5 of 5 submitted, 0 failed
        Results    5 in batch_results
        Requests   10 of 10 requests answered and verified
        Merged     batch_results/merged.jsonl
        Report     batch_submission_final_report.json
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl"
    `);
  });

  test('NO_COLOR has one, without colour', async ({ openWorkbench, expect }) => {
    const { bench, program } = await openScene(openWorkbench, { env: { NO_COLOR: '1' } });
    await program.shows(AREA_WAITS);
    expect(await finish({ bench, program })).toBe(0);
    const cells = (await program.screen.cells()).flat();
    expect(cells.filter(({ color, isBold, isDim }) => color !== undefined || isBold || isDim)).toEqual([]);
  });

  test('stays on the terminal when stdout goes into a file', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench();
    const program = openPty(['run'], { folder: bench.folder, env: bench.env, stdoutTo: 'out.tsv' });
    await program.shows(/3\/3 submitted · Ctrl-C is safe\n {2}jobs {5}3 pending$/);
    expect(await finish({ bench, program })).toBe(0);
    const lines = (await readFile(bench.path('out.tsv'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => line.split('\t').slice(0, 2).join(' ')).sort()).toEqual([
      '1 downloaded',
      '1 submitted',
      '2 downloaded',
      '2 submitted',
      '3 downloaded',
      '3 submitted',
    ]);
    expect(await program.screen.text()).not.toMatch(/downloaded|━/);
  });

  test('-q shows results alone', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench();
    const program = openPty(['run', '-q'], { folder: bench.folder, env: bench.env });
    await program.shows('003   submitted');
    expect(await finish({ bench, program })).toBe(0);
    expect(masked(await program.screen.text())).toMatchInlineSnapshot(`
      "✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered
      ✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered
      ✓ <n>   submitted    batches/<job>
      ✓ <n>   submitted    batches/<job>
      ✓ <n>   submitted    batches/<job>
      ✓ <n>   downloaded   batch_results/batch_<n>.jsonl   804 B, 2 of 2 answered"
    `);
  });

  test('makes room for the question after a canary, and comes back after the answer', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench();
    const program = openPty(['run', '--canary'], { folder: bench.folder, env: bench.env });
    await program.shows('1/3 submitted');
    bench.pass(10_000);
    await program.shows(/Submit the other 2 batches\? \[y\/N\]$/);
    expect(await program.screen.text()).not.toContain('━');
    program.write('y\r');
    await program.shows(/3\/3 submitted · Ctrl-C is safe\n[^]*1 succeeded\n.*$/);
    expect(await finish({ bench, program })).toBe(0);
  });
});
