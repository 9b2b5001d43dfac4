import { readdir } from 'node:fs/promises';
import { describe, type ExpectStatic } from 'vitest';
import { jobsPerInput, requestsTo } from '../cli/service-record.ts';
import { until } from '../cli/until.ts';
import { test, type Workbench, type WorkbenchOptions } from '../cli/workbench.ts';
import { openAgent, type Answer } from './open-agent.ts';
import { openRaw, readMessage, type Message, type RawClient } from './raw-client.ts';

const TWELVE = Array.from({ length: 12 }, (_, index) => index + 1);
const CREATE = 'batches.create';
const PATIENCE = { timeout: 60_000 };

/** Creates that take a moment, so that a run can be met in the middle. */
const SLOW: WorkbenchOptions = { batches: TWELVE, clock: 'real', service: { latencyMs: 20 } };

interface Begun {
  readonly client: RawClient;
  readonly answer: Promise<Message | Error>;
}

/** A server that has made some of its jobs and not yet the others. */
async function inMidRun(bench: Workbench): Promise<Begun> {
  const client = await openRaw([], bench);
  const answer = client.tool('batch_run', { maxSeconds: 60 }).catch((error: Error) => error);
  await until('a few jobs', () => bench.emulator.accepted().jobs.length >= 3);
  return { client, answer };
}

/** The stop left no lock; the next server does the rest, and makes one job for each input. */
async function expectResumable(bench: Workbench, expect: ExpectStatic): Promise<void> {
  expect((await readdir(bench.folder)).filter((name) => name.endsWith('.lock'))).toEqual([]);
  await expectOneJobEach(bench, expect);
}

async function expectOneJobEach(bench: Workbench, expect: ExpectStatic): Promise<void> {
  const { data } = await callOnce(bench, 'batch_run', {});
  expect(data).toMatchObject({ state: 'done', counts: { remaining: 0, unanswered: 0 } });
  const jobs = jobsPerInput(bench.emulator);
  expect(jobs).toEqual(jobs.map(() => 1));
  expect(data).toMatchObject({ counts: { total: jobs.length } });
}

async function callOnce(bench: Workbench, name: string, args: Record<string, unknown>): Promise<Answer> {
  const agent = await openAgent([], bench);
  try {
    return await agent.call(name, args);
  } finally {
    await agent.close();
  }
}

describe.concurrent('a server that is ended in the middle of a run', () => {
  test('by a closed stdin stops, saves and exits 0', PATIENCE, async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench(SLOW);
    const { client, answer } = await inMidRun(bench);
    client.closeStdin();
    expect(await client.ended).toBe(0);
    await answer;
    expect(bench.emulator.accepted().jobs.length).toBeLessThan(12);
    await expectResumable(bench, expect);
  });

  test('by SIGTERM does so too, and answers the call first', PATIENCE, async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench(SLOW);
    const { client, answer } = await inMidRun(bench);
    client.signal('SIGTERM');
    expect(await client.ended).toBe(0);
    expect(JSON.stringify(await answer)).toContain('E_INTERRUPTED');
    expect(bench.emulator.accepted().jobs.length).toBeLessThan(12);
    await expectResumable(bench, expect);
  });

  test('by a client that reads no more does so too', PATIENCE, async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench(SLOW);
    const { client, answer } = await inMidRun(bench);
    client.closeStdout();
    // It cannot notice before it has something to say.
    await client.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
    expect(await client.ended).toBe(0);
    expect(await answer).toBeInstanceOf(Error);
    expect(client.stderr()).toBe('');
    await expectResumable(bench, expect);
  });

  test('by kill -9 in a create makes no second job', PATIENCE, async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({
      clock: 'real',
      service: { faults: [{ endpoint: CREATE, kind: 'hang', phase: 'after', at: 2 }] },
    });
    const client = await openRaw([], bench);
    const answer = client.tool('batch_run').catch((error: Error) => error);
    await until('the job whose answer does not come', () => bench.emulator.accepted().jobs.length === 2);
    client.signal('SIGKILL');
    expect(await client.ended).toBe('SIGKILL');
    expect(await answer).toBeInstanceOf(Error);
    await expectOneJobEach(bench, expect);
  });
});

test('a server without work ends at a signal although its stdin stays open', async ({
  openWorkbench,
  expect,
}) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const client = await openRaw([], await openWorkbench());
    client.signal(signal);
    expect(await client.ended).toBe(0);
    expect(client.stderr()).toBe('');
  }
});

describe.concurrent('a call', () => {
  test(
    'that is cancelled stops, and the server goes on answering',
    PATIENCE,
    async ({ openWorkbench, expect }) => {
      const bench = await openWorkbench(SLOW);
      const agent = await openAgent([], bench);
      const cancel = new AbortController();
      const call = agent
        .call('batch_run', { maxSeconds: 60 }, cancel.signal)
        .catch((error: unknown) => error);
      await until('a few jobs', () => bench.emulator.accepted().jobs.length >= 3);
      cancel.abort();
      expect(await call).toBeInstanceOf(Error);
      await until(
        'the lock is gone',
        async () => !(await readdir(bench.folder)).some((name) => name.endsWith('.lock')),
      );
      expect(bench.emulator.accepted().jobs.length).toBeLessThan(12);
      const { data } = await agent.call('batch_run');
      expect(data).toMatchObject({ state: 'done', counts: { downloaded: 12 } });
      expect(jobsPerInput(bench.emulator)).toEqual(TWELVE.map(() => 1));
      await agent.close();
    },
  );

  test(
    'tells a progress that grows, and nothing after its answer',
    PATIENCE,
    async ({ openWorkbench, expect }) => {
      const bench = await openWorkbench({ clock: 'real' });
      const client = await openRaw([], bench);
      await client.ask('tools/call', { name: 'batch_run', arguments: {}, _meta: { progressToken: 'p' } });
      await client.ask('ping');
      client.closeStdin();
      await client.ended;
      const messages = client.lines().map(readMessage);
      const at = messages.findIndex((message) => message?.result?.['structuredContent'] !== undefined);
      const isProgress = (message: Message | undefined): boolean =>
        message?.method === 'notifications/progress';
      expect(messages.slice(at).filter(isProgress)).toEqual([]);
      const told = messages.filter(isProgress).map((message) => message?.params);
      expect(told).toEqual(
        [1, 2, 3, 4, 5, 6].map((progress) =>
          expect.objectContaining({ progress, total: 6, progressToken: 'p' }),
        ),
      );
    },
  );

  test(
    'keeps its time in a wait of an hour, and says when that is over',
    PATIENCE,
    async ({ openWorkbench, expect }) => {
      const bench = await openWorkbench({
        clock: 'real',
        service: { faults: [{ endpoint: CREATE, kind: 'rate_limit' }] },
        env: { BATCH_SUBMIT_RATE_LIMIT_WAIT: '1h' },
      });
      const began = Date.now();
      const { data } = await callOnce(bench, 'batch_submit', { maxSeconds: 6 });
      const refused = requestsTo(bench.emulator, CREATE)[0]?.time ?? '';
      expect(Date.now() - began).toBeLessThan(20_000);
      expect(data).toMatchObject({ state: 'in_progress', waitingFor: 'quota', next: 'batch_submit' });
      const waitMs = Date.parse(String(data?.['resumeAfter'])) - Date.parse(refused);
      expect(Math.abs(waitMs - 3_600_000)).toBeLessThan(5000);
    },
  );

  test(
    'keeps its time in an upload that does not end, and the next one makes it once',
    PATIENCE,
    async ({ openWorkbench, expect }) => {
      const bench = await openWorkbench({
        clock: 'real',
        service: { faults: [{ endpoint: 'upload.bytes', kind: 'hang', at: 2 }] },
      });
      const began = Date.now();
      const { data } = await callOnce(bench, 'batch_run', { maxSeconds: 6 });
      expect(Date.now() - began).toBeLessThan(20_000);
      expect(data).toMatchObject({ state: 'in_progress', counts: { submitted: 1 }, next: 'batch_run' });
      await expectResumable(bench, expect);
    },
  );
});
