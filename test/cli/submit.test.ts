import { readdir, rename, truncate } from 'node:fs/promises';
import { describe } from 'vitest';
import { jobsPerInput, requestCounts } from './service-record.ts';
import { readState, statusesIn } from './saved-files.ts';
import { transcript } from './transcript.ts';
import { test } from './workbench.ts';

describe.concurrent('batch-submit', () => {
  test('submits every batch and says what it did', async ({ openWorkbench, expect }) => {
    const { cli, emulator, folder } = await openWorkbench();
    expect(transcript(await cli(), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	submitted	batches/<job>
      2	submitted	batches/<job>
      3	submitted	batches/<job>
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 534 B
        State      batch_submission_state.json   0 done, 3 remaining (1-3)


      Submitted 3 batches in <duration>
        Total      3 of 3 submitted, 0 failed
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit watch       follow the jobs"
    `);
    expect(jobsPerInput(emulator)).toEqual([1, 1, 1]);
    expect(requestCounts(emulator)).toMatchObject({
      'upload.start': 3,
      'upload.bytes': 3,
      'batches.create': 3,
    });
    expect(await statusesIn(folder)).toEqual({ 1: 'submitted', 2: 'submitted', 3: 'submitted' });
  });

  test('finds nothing to do the second time, and asks the service nothing', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, emulator, folder } = await openWorkbench();
    await given();
    const before = emulator.requests().length;
    expect(transcript(await cli(), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout

      --- stderr
      Nothing to submit: 3 of 3 batches are submitted

      Next: batch-submit watch       follow the jobs"
    `);
    expect(emulator.requests().length).toBe(before);
  });
});

describe.concurrent('batch-submit <from> <to>', () => {
  test('3 5: the three batches of the range', async ({ openWorkbench, expect }) => {
    const { cli, emulator, folder } = await openWorkbench({ batches: [1, 2, 3, 4, 5, 6] });
    expect(transcript(await cli('3 5'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      3	submitted	batches/<job>
      4	submitted	batches/<job>
      5	submitted	batches/<job>
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 534 B
        State      batch_submission_state.json   0 done, 3 remaining (3-5)


      Submitted 3 batches in <duration>
        Total      3 of 3 submitted, 0 failed
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit watch       follow the jobs"
    `);
    expect(await statusesIn(folder)).toEqual({ 3: 'submitted', 4: 'submitted', 5: 'submitted' });
    expect(emulator.accepted().jobs).toHaveLength(3);
  });

  test('81 204: numbers as real files have them, with gaps', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await openWorkbench({ batches: [80, 81, 83, 204, 205] });
    expect(transcript(await cli('81 204'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      81	submitted	batches/<job>
      83	submitted	batches/<job>
      204	submitted	batches/<job>
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 550 B
        State      batch_submission_state.json   0 done, 3 remaining (81, 83, 204)


      Submitted 3 batches in <duration>
        Total      3 of 3 submitted, 0 failed
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit watch       follow the jobs"
    `);
    expect((await readState(folder)).last_completed_batch).toBe(204);
  });

  test('170: from there to the last', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await openWorkbench({ batches: [169, 170, 1200] });
    expect(transcript(await cli('170'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      170	submitted	batches/<job>
      1200	submitted	batches/<job>
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   2 batches, 376 B
        State      batch_submission_state.json   0 done, 2 remaining (170, 1200)


      Submitted 2 batches in <duration>
        Total      2 of 2 submitted, 0 failed
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit watch       follow the jobs"
    `);
    expect(Object.keys(await statusesIn(folder))).toEqual(['170', '1200']);
  });

  test('081: a number means the same with zeros before it', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await openWorkbench({ batches: [81, 82] });
    expect((await cli('081 081')).code).toBe(0);
    expect(await statusesIn(folder)).toEqual({ 81: 'submitted' });
  });
});

describe.concurrent('batch-submit finds its files', () => {
  test('under each kind of name, and takes the first number in it', async ({ openWorkbench, expect }) => {
    const { cli, path, folder } = await openWorkbench({ batches: [81, 82, 83] });
    await rename(path('batches/batch_081.jsonl'), path('batches/batch_081_proper.jsonl'));
    await rename(path('batches/batch_082.jsonl'), path('batches/batch-82.jsonl'));
    await rename(path('batches/batch_083.jsonl'), path('batches/083.jsonl'));
    expect((await cli()).stdout.split('\n').map((line) => line.split('\t')[0])).toEqual([
      '81',
      '82',
      '83',
      '',
    ]);
    expect(Object.keys((await readState(folder)).submitted_jobs)).toEqual(['81', '82', '83']);
  });

  test('in the folder of --input', async ({ openWorkbench, expect }) => {
    const { cli, path, folder } = await openWorkbench();
    await rename(path('batches'), path('gemini_batch_submissions_proper'));
    expect((await cli('--input gemini_batch_submissions_proper')).code).toBe(0);
    expect(Object.keys(await statusesIn(folder))).toEqual(['1', '2', '3']);
  });
});

describe.concurrent('batch-submit flags', () => {
  test('--only takes a set', async ({ openWorkbench, expect }) => {
    const { given, folder } = await openWorkbench({ batches: [1, 2, 3, 4, 5, 6] });
    await given('--only 1,4-5');
    expect(Object.keys(await statusesIn(folder))).toEqual(['1', '4', '5']);
  });

  test('--limit counts what is left to do, not what is done', async ({ openWorkbench, expect }) => {
    const { cli, given, folder } = await openWorkbench();
    await given('--limit 1');
    expect(Object.keys(await statusesIn(folder))).toEqual(['1']);
    const second = await cli('--limit 1');
    expect(transcript(second, folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      2	submitted	batches/<job>
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   2 batches, 356 B
        State      batch_submission_state.json   1 done, 1 remaining (2)


      Submitted 1 batch in <duration>
        Total      2 of 3 submitted, 0 failed
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit             submit the rest"
    `);
    expect(Object.keys(await statusesIn(folder))).toEqual(['1', '2']);
  });

  test('--model and --display-name reach the service; the mark stays beside the name', async ({
    openWorkbench,
    expect,
  }) => {
    const { given, emulator } = await openWorkbench({ batches: [81] });
    await given('--model gemini-2.5-pro --display-name refinement_batch_{batch}');
    const [job] = emulator.accepted().jobs;
    expect(job?.model).toBe('gemini-2.5-pro');
    expect(job?.displayName).toMatch(/^refinement_batch_081 \[bs1\/[a-z0-9]{8}\/81\/[0-9a-f]{16}\/a1\]$/);
  });

  test('-C works in another folder, and flags may stand before or after the command', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, folder } = await openWorkbench();
    const ended = await cli(`-C ${folder} --quiet submit 1 1`, { HOME: undefined });
    expect(transcript(ended, folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	submitted	batches/<job>
      --- stderr
      "
    `);
  });

  test('-q says results only, -v each step', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await openWorkbench({ batches: [1, 2] });
    expect(transcript(await cli('1 1 -q'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	submitted	batches/<job>
      --- stderr
      "
    `);
    expect(transcript(await cli('2 2 -v'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      2	submitted	batches/<job>
      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   1 batch, 178 B
        State      batch_submission_state.json   0 done, 1 remaining (2)

        002   uploaded 178 B in <duration>

      Submitted 1 batch in <duration>
        Total      1 of 1 submitted, 0 failed
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit watch       follow the jobs"
    `);
  });

  test('--state, --log and --output name other files, and nothing else is written', async ({
    openWorkbench,
    expect,
  }) => {
    const { given, path } = await openWorkbench({ batches: [1] });
    await given('--state s.json --log l.jsonl');
    expect((await readdir(path())).sort()).toEqual(['batches', 'l.jsonl', 's.json', 's.json.ballast']);
  });

  test('--skip-missing goes on without a file that cannot be used', async ({ openWorkbench, expect }) => {
    const { cli, folder, path } = await openWorkbench();
    await truncate(path('batches/batch_002.jsonl'));
    expect(transcript(await cli('--skip-missing'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	submitted	batches/<job>
      3	submitted	batches/<job>
      --- stderr
      ! 002   left out of this run: it is empty
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   2 batches, 356 B
        State      batch_submission_state.json   0 done, 2 remaining (1, 3)


      Submitted 2 batches in <duration>
        Total      2 of 2 submitted, 0 failed
        State      batch_submission_state.json
        Log        batch_submission_log.jsonl

      Next: batch-submit watch       follow the jobs"
    `);
  });
});
