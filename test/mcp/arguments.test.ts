import { describe } from 'vitest';
import { test } from '../cli/workbench.ts';
import { openRaw } from './raw-client.ts';
import { DESTRUCTIVE, jobsAt, LOOKING, PATIENCE, serve, WORKING } from './served.ts';

describe.concurrent('the list of tools', () => {
  test.for([
    [[], [...LOOKING, ...WORKING]],
    [['--read-only'], LOOKING],
    [['--allow-destructive'], [...LOOKING, ...WORKING, ...DESTRUCTIVE]],
  ] as const)('of %o', async ([flags, names], { openWorkbench, expect }) => {
    const { agent, emulator } = await serve(openWorkbench, flags);
    const list = await agent.client.listTools();
    expect(list.tools.map(({ name }) => name).toSorted()).toEqual([...names].toSorted());
    const others = [...WORKING, ...DESTRUCTIVE].filter((name) => !names.includes(name));
    for (const name of others) await expect(agent.call(name, { confirm: true })).rejects.toThrow('not found');
    await agent.close();
    expect(emulator.requests()).toEqual([]);
  });

  test('takes less than 8 KB with all twelve, as bytes on the wire', async ({ openWorkbench, expect }) => {
    const client = await openRaw(['--allow-destructive'], await openWorkbench());
    await client.ask('tools/list');
    const bytes = Buffer.byteLength(client.lines().at(-1) ?? '');
    client.closeStdin();
    expect(bytes).toBeGreaterThan(4000);
    expect(bytes).toBeLessThan(8192);
  });

  test('cannot be had of both --read-only and --allow-destructive', async ({ openWorkbench, expect }) => {
    const { cli } = await openWorkbench();
    const { code, stderr } = await cli('mcp --read-only --allow-destructive');
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--read-only together with'),
    });
  });
});

describe.concurrent('an argument', () => {
  test('that is misspelt or of another type starts nothing', async ({ openWorkbench, expect }) => {
    const { agent, emulator } = await serve(openWorkbench, ['--allow-destructive']);
    for (const name of [...LOOKING, ...WORKING, ...DESTRUCTIVE]) {
      for (const given of [{ onyl: '1' }, { Confirm: true }, { confirm: 'true', only: '1' }, { only: 1 }])
        expect(await agent.call(name, given), `${name} ${JSON.stringify(given)}`).toMatchObject({
          isError: true,
        });
    }
    await agent.close();
    expect(emulator.requests()).toEqual([]);
  });

  test.for([0, -1, 1.5, 1e300])(
    'maxBatches %d starts nothing and is explained',
    async (maxBatches, { openWorkbench, expect }) => {
      const { agent, emulator } = await serve(openWorkbench);
      for (const name of ['batch_submit', 'batch_run', 'batch_retry']) {
        const { isError, text } = await agent.call(name, { maxBatches, confirm: true });
        expect(isError).toBe(true);
        expect(text).toContain(
          `E_USAGE: Cannot use maxBatches ${maxBatches}: it is not a whole number from 1 on`,
        );
      }
      await agent.close();
      expect(emulator.requests()).toEqual([]);
    },
  );

  test.for([32.3, 3_000_000, 1e300])(
    'maxSeconds %d is time enough for a run',
    async (maxSeconds, { openWorkbench, expect }) => {
      const served = await serve(openWorkbench, [], { batches: [1] });
      const { data } = await served.agent.call('batch_submit', { maxSeconds });
      await served.agent.close();
      expect(data).toMatchObject({ state: 'done', counts: { submitted: 1 } });
    },
  );

  test.for([0, -1])('maxSeconds %d is no time at all', async (maxSeconds, { openWorkbench, expect }) => {
    const served = await serve(openWorkbench);
    const { data } = await served.agent.call('batch_run', { maxSeconds });
    await served.agent.close();
    expect(data).toMatchObject({ state: 'in_progress', counts: { submitted: 0 }, next: 'batch_run' });
    expect(jobsAt(served)).toBe(0);
  });

  test('cannot be slipped in by the name of a prototype', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench();
    const client = await openRaw(['--confirm-above', '0'], bench);
    const text = '{"name":"batch_run","arguments":{"__proto__":{"confirm":true}}}';
    const { result } = await client.ask('tools/call', JSON.parse(text) as object);
    expect(result?.['structuredContent']).toMatchObject({ state: 'needs_confirm' });
    client.closeStdin();
    expect(jobsAt(bench)).toBe(0);
  });
});

describe.concurrent('a call for some batches', () => {
  test('is done when they are, whatever the others are', PATIENCE, async ({ openWorkbench, expect }) => {
    const served = await serve(openWorkbench);
    const { data } = await served.agent.call('batch_run', { only: '2' });
    expect(data).toMatchObject({ state: 'done', counts: { total: 1, downloaded: 1 } });
    expect(data?.['next']).toBeUndefined();
    const download = await served.agent.call('batch_download');
    expect(download.data, 'nothing is left to download').toMatchObject({ state: 'done', next: 'batch_run' });
    await served.agent.close();
    expect(jobsAt(served)).toBe(1);
  });

  test('cancels them and no other', PATIENCE, async ({ openWorkbench, expect }) => {
    const served = await serve(openWorkbench, ['--allow-destructive'], {
      service: { outcome: () => 'stuck_running' },
    });
    await served.agent.call('batch_submit');
    expect((await served.agent.call('batch_cancel', { only: '1,3' })).data).toEqual({
      cancelled: 0,
      would: 2,
      refused: 0,
    });
    expect(served.emulator.accepted().cancels).toEqual([]);
    const { data } = await served.agent.call('batch_cancel', { only: '1,3', confirm: true });
    await served.agent.close();
    expect(data).toEqual({ cancelled: 2, would: 0, refused: 0 });
    expect(served.emulator.accepted().cancels).toHaveLength(2);
  });
});
