import { describe } from 'vitest';
import { jobsPerInput, requestsTo } from './service-record.ts';
import { statusesIn } from './saved-files.ts';
import { test, type OpenWorkbench, type Workbench } from './workbench.ts';

/** Batch 2 was created, or not, and nobody knows: `phase` says which. A job that was made is listed a minute later. */
async function withLostCreate(open: OpenWorkbench, phase: 'before' | 'after'): Promise<Workbench> {
  const bench = await open({
    service: { listLagMs: 60_000, faults: [{ endpoint: 'batches.create', kind: 'drop', phase, at: 2 }] },
  });
  await bench.cli('--on-ambiguous quarantine');
  bench.pass(61_000);
  return bench;
}

describe.concurrent('retry --forget', () => {
  test('sends the batch again under other names, at once', async ({ openWorkbench, expect }) => {
    const bench = await withLostCreate(openWorkbench, 'before');
    expect(await statusesIn(bench.folder)).toMatchObject({ 2: 'uncertain' });
    const { code, stdout, stderr } = await bench.cli('retry --forget 2 --settle 1h');
    expect(stderr).toContain('002   its create is forgotten, as --forget says');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^2\tsubmitted\t/m) });
    expect(bench.emulator.accepted().jobs).toHaveLength(3);
    const names = bench.emulator.accepted().jobs.map(({ displayName }) => displayName);
    expect(names.filter((name) => name?.includes('/a2') === true)).toHaveLength(1);
    expect(requestsTo(bench.emulator, 'files.delete'), 'its input cannot become a job any more').toHaveLength(
      1,
    );
  });

  test('takes the job that a last look finds, and pays for no other', async ({ openWorkbench, expect }) => {
    const bench = await withLostCreate(openWorkbench, 'after');
    const before = await statusesIn(bench.folder);
    const { code, stdout } = await bench.cli('retry --forget 2');
    expect({ before: before[2], code }).toEqual({ before: 'uncertain', code: 0 });
    expect(stdout).toMatch(/^2\tadopted\t/);
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1]);
  });

  test('goes on where the listing cannot be read', async ({ openWorkbench, expect }) => {
    const bench = await withLostCreate(openWorkbench, 'before');
    bench.emulator.addFault({ endpoint: 'batches.list', kind: 'status', status: 400, times: 1 });
    const { stderr } = await bench.cli('retry --forget 2');
    expect(stderr).toContain('could not look for the job of batch 2');
  });

  test('--dry-run shows it and sends nothing', async ({ openWorkbench, expect }) => {
    const bench = await withLostCreate(openWorkbench, 'before');
    const sent = bench.emulator.requests().length;
    const { code, stdout } = await bench.cli('retry --forget 2 --dry-run');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '2\tupload and create\n' });
    expect(bench.emulator.requests()).toHaveLength(sent);
    expect(await statusesIn(bench.folder)).toMatchObject({ 2: 'uncertain' });
  });

  test.for(['1', '3', '7', '4-9'])(
    'refuses %s, where nothing is unknown',
    async (set, { openWorkbench, expect }) => {
      const bench = await withLostCreate(openWorkbench, 'before');
      const sent = bench.emulator.requests().length;
      const { code, stderr } = await bench.cli(`retry --forget ${set}`);
      expect(code).toBe(2);
      expect(stderr).toContain(`Cannot forget ${set}: no batch there has a create whose outcome is unknown`);
      expect(bench.emulator.requests()).toHaveLength(sent);
    },
  );

  test('names the flag that cannot be read', async ({ openWorkbench, expect }) => {
    const { cli } = await openWorkbench();
    expect(await cli('retry --forget 182-')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: Cannot read --forget "182-".*`--forget 3,7,81-90`/s),
    });
  });
});
