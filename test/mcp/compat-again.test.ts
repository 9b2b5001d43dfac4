import { readFile, writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { batchText } from '../cli/batch-files.ts';
import { jobsPerInput, requestsTo } from '../cli/service-record.ts';
import { until } from '../cli/until.ts';
import { test, type Workbench } from '../cli/workbench.ts';
import { openAgent, type Agent } from './open-agent.ts';
import { read } from './read-answer.ts';

const COMPAT = ['--compat', 'gemini-mcp'];
const CREATE = 'batches.create';

async function upload(agent: Agent, bench: Workbench, name: string): Promise<unknown> {
  return read(await agent.call('upload_file', { filePath: bench.path(name) }))['fileUri'];
}

async function create(agent: Agent, inputFileUri: unknown): Promise<string> {
  return String(read(await agent.call('batch_create', { inputFileUri }))['batchName']);
}

describe.concurrent('--compat gemini-mcp, the second time', () => {
  test.for([
    { where: 'in the input folder', name: 'batches/batch_001.jsonl' },
    { where: 'from elsewhere', name: 'questions.jsonl' },
  ])(
    'makes another job of a file $where once its job is over without',
    async ({ name }, { openWorkbench, expect }) => {
      const bench = await openWorkbench({ batches: [1] });
      await writeFile(bench.path('questions.jsonl'), batchText(7));
      const agent = await openAgent([...COMPAT, '--allow-destructive'], bench);
      const fileUri = await upload(agent, bench, name);
      const first = await create(agent, fileUri);
      read(await agent.call('batch_cancel', { batchName: first }));
      const second = await create(agent, fileUri);
      expect(second).not.toBe(first);
      expect(await create(agent, fileUri)).toBe(second);
      expect(requestsTo(bench.emulator, CREATE)).toHaveLength(2);
      expect(read(await agent.call('batch_get_status', { batchName: first }))).toMatchObject({
        batchName: first,
        state: 'JOB_STATE_CANCELLED',
        isComplete: true,
      });
      bench.pass(10_000);
      const saved = read(await agent.call('batch_download_results', { batchName: second }));
      expect(saved).toMatchObject({ batchName: second, resultCount: 2 });
      await agent.close();
    },
  );

  test('goes on with an upload that a kill of the server cut off', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({
      batches: [1],
      service: { faults: [{ endpoint: 'upload.bytes', kind: 'hang', phase: 'after', at: 1 }] },
    });
    const killed = await openAgent(COMPAT, bench);
    const cut = upload(killed, bench, 'batches/batch_001.jsonl').catch((error: unknown) => error);
    await until('the bytes are there', () => requestsTo(bench.emulator, 'upload.bytes').length === 1);
    process.kill(killed.pid, 'SIGKILL');
    expect(await cut).toBeInstanceOf(Error);
    await killed.close();
    const agent = await openAgent(COMPAT, bench);
    const fileUri = await upload(agent, bench, 'batches/batch_001.jsonl');
    expect(requestsTo(bench.emulator, 'upload.bytes')).toHaveLength(1);
    await create(agent, fileUri);
    expect(jobsPerInput(bench.emulator)).toEqual([1]);
    await agent.close();
  });

  test('takes a numbered file that was changed since for another batch', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({ batches: [1] });
    const agent = await openAgent(COMPAT, bench);
    const first = await create(agent, await upload(agent, bench, 'batches/batch_001.jsonl'));
    await writeFile(bench.path('batches/batch_001.jsonl'), batchText(7));
    const second = await create(agent, await upload(agent, bench, 'batches/batch_001.jsonl'));
    expect(second).not.toBe(first);
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1]);
    await agent.close();
  });

  test('shows little of long results', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [] });
    const lines = Array.from({ length: 9 }, (_, index) =>
      JSON.stringify({
        key: `k${index}`,
        request: { contents: [{ parts: [{ text: `Say ${'much '.repeat(3000)}` }] }] },
      }),
    );
    await writeFile(bench.path('long.jsonl'), `${lines.join('\n')}\n`);
    const agent = await openAgent(COMPAT, bench);
    const batchName = await create(agent, await upload(agent, bench, 'long.jsonl'));
    bench.pass(10_000);
    const answer = await agent.call('batch_download_results', { batchName });
    expect(read(answer)).toMatchObject({ resultCount: 9, results: { length: 5 } });
    expect(answer.text.length).toBeLessThan(15_000);
    await agent.close();
  });

  test('and the command line keep each other from working at once', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({
      batches: [1, 2],
      service: { faults: [{ endpoint: CREATE, kind: 'rate_limit_bare', times: 1 }] },
      env: { BATCH_SUBMIT_RATE_LIMIT_WAIT: '1h' },
    });
    const agent = await openAgent(COMPAT, bench);
    const fileUri = await upload(agent, bench, 'batches/batch_001.jsonl');
    const stop = new AbortController();
    const waiting = agent.call('batch_create', { inputFileUri: fileUri }, stop.signal).catch(() => undefined);
    await until('the agent waits', () => requestsTo(bench.emulator, CREATE).length === 1);
    const locked = await bench.cli('submit --only 2');
    expect(locked).toMatchObject({ code: 11 });
    expect(locked.stderr).toContain(`pid ${agent.pid}`);
    stop.abort();
    await waiting;

    bench.emulator.addFault({ endpoint: CREATE, kind: 'rate_limit_bare', times: 1 });
    const free = async (): Promise<boolean> =>
      await readFile(bench.path('batch_submission_state.json.lock')).then(
        () => false,
        () => true,
      );
    await until('the agent is done', free);
    const run = bench.start('submit --only 2');
    await until('the run waits', () => requestsTo(bench.emulator, CREATE).length === 2);
    const refused = await agent.call('batch_create', { inputFileUri: fileUri });
    expect(refused).toMatchObject({ isError: true, text: expect.stringContaining(`pid ${run.pid}`) });
    run.signal('SIGINT');
    await run.ended;
    await agent.close();
  });
});
