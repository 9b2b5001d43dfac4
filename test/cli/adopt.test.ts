import { copyFile, rm } from 'node:fs/promises';
import { describe } from 'vitest';
import { statusesIn } from './saved-files.ts';
import { transcript } from './transcript.ts';
import { test, type OpenWorkbench, type Workbench } from './workbench.ts';

const STATE = 'batch_submission_state.json';
const LOG = 'batch_submission_log.jsonl';

async function withoutState(openWorkbench: OpenWorkbench, ...lost: readonly string[]): Promise<Workbench> {
  const bench = await openWorkbench();
  await bench.given();
  for (const name of [STATE, ...lost]) await rm(bench.path(name));
  return bench;
}

describe.concurrent('a state that is gone', () => {
  test('submit pays nothing twice: the log tells of the jobs', async ({ openWorkbench, expect }) => {
    const { cli, folder, emulator } = await withoutState(openWorkbench);
    const before = emulator.requests().length;
    expect(transcript(await cli(), folder)).toMatchInlineSnapshot(`
      "exit 10
      --- stdout

      --- stderr
      error: Cannot submit: the state file "batch_submission_state.json" is gone, and the log "batch_submission_log.jsonl" names 3 jobs that it knew

      hint: find your jobs again with \`batch-submit adopt\`, or pay again with \`--fresh\`"
    `);
    expect(emulator.requests()).toHaveLength(before);
  });

  test('without a log the service tells of them', async ({ openWorkbench, expect }) => {
    const { cli, folder, emulator } = await withoutState(openWorkbench, LOG);
    expect(transcript(await cli(), folder)).toMatchInlineSnapshot(`
      "exit 10
      --- stdout

      --- stderr
      batch-submit <version> · gemini-2.5-flash · key from the environment (GEMINI_API_KEY)
        Input      batches   3 batches, 534 B
        State      batch_submission_state.json   0 done, 3 remaining (1-3)

      error: Cannot submit batch 1: batches/<job> was made from the same file, and this state knows nothing of it

      hint: take the jobs over with \`batch-submit adopt\`, or pay again with \`--fresh\`"
    `);
    expect(emulator.accepted().jobs).toHaveLength(3);
  });

  test('--fresh pays again, because it was asked to', async ({ openWorkbench, expect }) => {
    const { cli, emulator } = await withoutState(openWorkbench);
    expect(await cli('--fresh')).toMatchObject({ code: 0 });
    expect(emulator.accepted().jobs).toHaveLength(6);
  });

  test('adopt finds the jobs, and submit has nothing left to do', async ({ openWorkbench, expect }) => {
    const { cli, given, folder, emulator } = await withoutState(openWorkbench);
    await given('adopt --yes');
    expect(await statusesIn(folder)).toEqual({ 1: 'submitted', 2: 'submitted', 3: 'submitted' });
    expect(await cli()).toMatchObject({ code: 0 });
    expect(emulator.accepted().jobs).toHaveLength(3);
  });

  test('adopt reads them out of the log too', async ({ openWorkbench, expect }) => {
    const { given, folder, path } = await withoutState(openWorkbench);
    await copyFile(path(LOG), path('old.jsonl'));
    await given('adopt old.jsonl --verify --yes');
    expect(await statusesIn(folder)).toEqual({ 1: 'submitted', 2: 'submitted', 3: 'submitted' });
  });
});

describe('204 batches whose state is gone', () => {
  test('adopt finds 204 of 204, creates nothing, and their results can be collected', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, folder, path, emulator } = await openWorkbench({
      batches: Array.from({ length: 204 }, (_, index) => index + 1),
      clock: 'real',
      service: { quotaJobs: 1000 },
      env: { BATCH_SUBMIT_CONCURRENCY: '8' },
    });
    await given();
    await rm(path(STATE));
    await given('adopt --yes');
    const statuses = Object.values(await statusesIn(folder));
    expect(statuses).toHaveLength(204);
    expect(new Set(statuses)).toEqual(new Set(['submitted']));
    await given();
    expect(emulator.accepted().jobs).toHaveLength(204);
    expect(await cli('watch')).toMatchObject({ code: 0 });
    await given('download');
    expect(new Set(Object.values(await statusesIn(folder)))).toEqual(new Set(['collected']));
  }, 60_000);
});

describe.concurrent('jobs of another tool', () => {
  async function namedElsewhere(openWorkbench: OpenWorkbench): Promise<Workbench> {
    const bench = await openWorkbench();
    for (const batch of [1, 2, 3]) {
      const displayName = `refinement_batch_00${batch}`;
      await bench.createJob(displayName);
    }
    return bench;
  }

  test('are not touched, but adopt tells how they could be', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await namedElsewhere(openWorkbench);
    expect(transcript(await cli('adopt --dry-run'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout

      --- stderr
      Jobs of another tool are named for 3 batches (1-3); to take them: batch-submit adopt --named 'refinement_batch_{batch}'"
    `);
  });

  test('--named takes them by their display names', async ({ openWorkbench, expect }) => {
    const { given, folder, emulator } = await namedElsewhere(openWorkbench);
    await given('adopt --named refinement_batch_{batch} --yes');
    expect(await statusesIn(folder)).toEqual({ 1: 'submitted', 2: 'submitted', 3: 'submitted' });
    expect(emulator.accepted().jobs).toHaveLength(3);
  });

  test('two of one name are nobody’s to choose from: exit 6', async ({ openWorkbench, expect }) => {
    const bench = await namedElsewhere(openWorkbench);
    await bench.createJob('refinement_batch_002');
    const ended = await bench.cli('adopt --named refinement_batch_{batch} --yes');
    expect(transcript(ended, bench.folder)).toMatchInlineSnapshot(`
      "exit 6
      --- stdout
      1	adopted	batches/<job>
      3	adopted	batches/<job>
      2	ambiguous	batches/<job>	batches/<job>
      --- stderr

      Next: batch-submit status --refresh"
    `);
    expect(await statusesIn(bench.folder)).toEqual({ 1: 'submitted', 3: 'submitted' });
  });

  test('a pattern without {batch} is refused before anything is sent', async ({ openWorkbench, expect }) => {
    const { cli, folder, emulator } = await openWorkbench();
    expect(transcript(await cli('adopt --named refinement'), folder)).toMatchInlineSnapshot(`
      "exit 2
      --- stdout

      --- stderr
      error: Cannot use --named "refinement": it must hold {batch} exactly once

      hint: write it as \`--named 'refinement_batch_{batch}'\`"
    `);
    expect(emulator.requests()).toEqual([]);
  });
});

describe.concurrent('a batch with two jobs', () => {
  async function madeTwice(openWorkbench: OpenWorkbench): Promise<Workbench> {
    // Few jobs are asked for one by one; from four on the listing is read.
    const bench = await openWorkbench({ batches: [1, 2, 3, 4] });
    await bench.given();
    const { displayName = '' } = bench.emulator.accepted().jobs[1] ?? {};
    await bench.createJob(displayName);
    return bench;
  }

  test('status --refresh finds it, says what to do, and exits 6', async ({ openWorkbench, expect }) => {
    const { cli, folder } = await madeTwice(openWorkbench);
    await cli('download');
    expect(transcript(await cli('status --exit-code'), folder)).toMatchInlineSnapshot(`
      "exit 6
      --- stdout
      notSubmitted	0
      uncertain	0
      pending	4
      running	0
      succeeded	0
      failed	0
      expired	0
      cancelled	0
      downloaded	0
      madeTwice	1
      --- stderr
      "
    `);
  });

  test('cancel --duplicates cancels the second job and no other, and then all is well', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, folder, emulator, pass } = await madeTwice(openWorkbench);
    await cli('download');
    expect(transcript(await cli('cancel --duplicates --yes'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      2	cancel requested	batches/<job>
      --- stderr
      Asked to cancel 1 job; \`batch-submit status --refresh\` shows how they end"
    `);
    expect(emulator.accepted().cancels.map(({ name }) => name)).toEqual([emulator.accepted().jobs[4]?.name]);
    pass(60_000);
    await given('download');
    await given('status --exit-code');
  });
});
