import { describe } from 'vitest';
import { test } from '../cli/workbench.ts';
import { CREATE, jobsAt, PATIENCE, serve } from './served.ts';

describe.concurrent('money', () => {
  test('above the limit is spent only when it was confirmed', PATIENCE, async ({ openWorkbench, expect }) => {
    const served = await serve(openWorkbench, ['--confirm-above', '2']);
    for (const name of ['batch_submit', 'batch_run']) {
      const { data } = await served.agent.call(name);
      expect(data).toMatchObject({
        state: 'needs_confirm',
        next: name,
        note: expect.stringContaining('3 paid jobs'),
      });
    }
    expect((await served.agent.call('batch_submit', { confirm: false })).data?.['state']).toBe(
      'needs_confirm',
    );
    expect(served.emulator.requests()).toEqual([]);
    expect((await served.agent.call('batch_submit', { maxBatches: 2 })).data).toMatchObject({
      counts: { submitted: 2 },
    });
    expect((await served.agent.call('batch_submit')).data).toMatchObject({
      state: 'done',
      counts: { submitted: 3 },
    });
    await served.agent.close();
  });

  test(
    'of --max-batches lasts over several calls, and over one that failed',
    PATIENCE,
    async ({ openWorkbench, expect }) => {
      const served = await serve(openWorkbench, ['--max-batches', '3'], {
        batches: [1, 2, 3, 4, 5, 6],
        service: { faults: [{ endpoint: CREATE, kind: 'status', status: 400, message: 'no', at: 2 }] },
      });
      const { agent } = served;
      await agent.call('batch_submit', { maxBatches: 2 });
      expect(jobsAt(served), 'the second was refused').toBe(1);
      await agent.call('batch_submit', { maxBatches: 1 });
      await agent.call('batch_submit');
      expect(jobsAt(served)).toBe(3);
      const { data } = await agent.call('batch_submit', { confirm: true });
      expect(data).toMatchObject({
        state: 'stopped',
        note: expect.stringContaining('--max-batches'),
        next: 'batch_download',
      });
      await agent.close();
      expect(jobsAt(served)).toBe(3);
    },
  );

  test(
    'of --max-batches counts a create whose answer was lost',
    PATIENCE,
    async ({ openWorkbench, expect }) => {
      const served = await serve(openWorkbench, ['--max-batches', '1'], {
        service: { faults: [{ endpoint: CREATE, kind: 'drop', phase: 'after', at: 1 }] },
      });
      for (let call = 0; call < 4; call += 1) await served.agent.call('batch_submit');
      await served.agent.close();
      expect(jobsAt(served)).toBe(1);
    },
  );

  test(
    'of --max-batches is not spent twice by calls that come at once',
    PATIENCE,
    async ({ openWorkbench, expect }) => {
      const served = await serve(openWorkbench, ['--max-batches', '1']);
      await Promise.all(Array.from({ length: 6 }, () => served.agent.call('batch_submit')));
      await served.agent.close();
      expect(jobsAt(served)).toBe(1);
    },
  );
});
