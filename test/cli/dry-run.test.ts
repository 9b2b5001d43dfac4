import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'vitest';
import { COMMANDS } from '../../src/cli/table/command-table.ts';
import { sampleRecords, writeRecords } from '../refine/sample-records.ts';
import { transcript } from './transcript.ts';
import { test } from './workbench.ts';

/** Every file below a folder with the moment of its last change. */
async function filesOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(folder, { recursive: true });
  const entries = await Promise.all(
    names.sort().map(async (name) => {
      const { mtimeNs, ino, size } = await stat(join(folder, name), { bigint: true });
      return [name, `${mtimeNs} ${ino} ${size}`];
    }),
  );
  return Object.fromEntries(entries);
}

describe.concurrent('--dry-run', () => {
  for (const line of ['', 'submit', 'run', 'retry', 'download', 'report', 'cancel 1']) {
    test(`batch-submit ${line} --dry-run in a fresh folder: no request, no file`, async ({
      openWorkbench,
      expect,
    }) => {
      const { cli, folder, emulator } = await openWorkbench();
      const before = await filesOf(folder);
      const { code, stderr } = await cli(`${line} --dry-run`, { GEMINI_API_KEY: undefined });
      expect(code).toBe(0);
      expect(stderr).toMatch(/^(Nothing to [^\n]*\n)?$/);
      expect(emulator.requests()).toEqual([]);
      expect(await filesOf(folder)).toEqual(before);
    });
  }

  test('no request and no touched file in the middle of the work, whatever the command', async ({
    openWorkbench,
    expect,
  }) => {
    const { cli, given, folder, emulator, pass } = await openWorkbench({
      batches: [1, 2, 3, 4],
      service: { outcome: ({ number }) => (number === 1 ? 'failed' : 'succeeded') },
    });
    await given('1 3');
    pass(10_000);
    await cli('download 1 2');
    const before = await filesOf(folder);
    const requests = emulator.requests().length;
    expect(transcript(await cli('-n'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	skip
      2	skip
      3	skip
      4	upload and create
      --- stderr
      "
    `);
    expect(transcript(await cli('retry -n'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      1	upload and create
      --- stderr
      "
    `);
    expect(transcript(await cli('download -n'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout

      --- stderr
      "
    `);
    expect(transcript(await cli('cancel 1 -n'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      3	cancel
      --- stderr
      Would cancel 1 job (3). Nothing was sent."
    `);
    expect(transcript(await cli('report -n'), folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      3 of 4 submitted (75%), 1 failed, 1 downloaded
      Requests: 6 planned = 2 answered + 0 failed + 2 missing + 2 pending
      Tokens: 6 in (18 estimated), 30 out; 0.000038 USD at prices of 2026-09-11
      Nothing was written.
      --- stderr
      "
    `);
    expect(emulator.requests()).toHaveLength(requests);
    expect(await filesOf(folder)).toEqual(before);
  });

  /** One line for every command that takes the flag, in the middle of the work. */
  const LINES: Readonly<Record<string, string>> = {
    submit: 'submit',
    run: 'run',
    retry: 'retry',
    split: 'split batches/batch_004.jsonl --max-lines 1 --input parts --from 11',
    merge: 'merge --into packed --jobs 1 --fresh --from 11',
    report: 'report',
    download: 'download',
    cancel: 'cancel 1',
    cleanup: 'cleanup',
    adopt: 'adopt',
    unlock: 'unlock',
    parse: 'parse',
    dedupe: 'dedupe',
    embed: 'embed',
    import: 'import',
  };
  /** What could be deleted or taken over only the service knows. */
  const ASKING = new Set(['cleanup', 'adopt']);

  test('is tried here for every command that takes it', ({ expect }) => {
    const taking = COMMANDS.filter(({ flags }) => flags.some((flag) => flag.flags.includes('--dry-run')));
    expect(taking.map(({ name }) => name).sort()).toEqual(Object.keys(LINES).sort());
  });

  test.for(Object.entries(LINES))(
    '%s: no touched file, and no request but questions where it must ask',
    async ([name, line], { openWorkbench, expect }) => {
      const { cli, given, folder, emulator, pass } = await openWorkbench({
        batches: [1, 2, 3, 4],
        service: { outcome: ({ number }) => (number === 1 ? 'failed' : 'succeeded') },
      });
      await given('1 3');
      pass(10_000);
      await cli('download 1 2');
      await writeRecords(folder, sampleRecords(3));
      const before = await filesOf(folder);
      const sent = emulator.requests().length;
      const { code, stderr } = await cli(`${line} --dry-run`);
      // Of batch 1 there will be no answer, and `parse` says so.
      const expected = name === 'parse' ? 3 : 0;
      expect({ code, stderr }).toEqual({ code: expected, stderr: expect.not.stringContaining('error') });
      expect(await filesOf(folder)).toEqual(before);
      const asked = emulator.requests().slice(sent);
      expect(asked.filter(({ method }) => method !== 'GET')).toEqual([]);
      if (!ASKING.has(name)) expect(asked).toEqual([]);
    },
  );

  test('--json gives the whole plan', async ({ openWorkbench, expect }) => {
    const { cli, given } = await openWorkbench();
    await given('1 1');
    const plan = JSON.parse((await cli('-n --json')).stdout);
    expect(plan).toMatchObject({ dryRun: true, model: 'gemini-2.5-flash', uploads: 2, creates: 2 });
    expect(
      plan.batches.map(({ batch, action }: { batch: number; action: { kind: string } }) => [
        batch,
        action.kind,
      ]),
    ).toEqual([
      [1, 'skip'],
      [2, 'upload_and_create'],
      [3, 'upload_and_create'],
    ]);
  });

  test('finds bad input as the real run does', async ({ openWorkbench, expect }) => {
    const { cli } = await openWorkbench();
    expect((await cli('5 9 -n')).code).toBe(2);
  });
});
