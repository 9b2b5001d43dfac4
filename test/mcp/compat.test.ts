import { readFile, rename, writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { batchText } from '../cli/batch-files.ts';
import { jobsPerInput, requestsTo } from '../cli/service-record.ts';
import { until } from '../cli/until.ts';
import { test, type Workbench } from '../cli/workbench.ts';
import { openAgent, type Agent } from './open-agent.ts';
import { read } from './read-answer.ts';

const CREATE = 'batches.create';
const COMPAT = ['--compat', 'gemini-mcp'];

async function upload(agent: Agent, bench: Workbench, name: string): Promise<Record<string, unknown>> {
  return read(await agent.call('upload_file', { filePath: bench.path(name) }));
}

/** A file that is no batch of the input folder. */
async function writeInput(bench: Workbench, name: string, batch: number): Promise<void> {
  await writeFile(bench.path(name), batchText(batch));
}

describe.concurrent('--compat gemini-mcp', () => {
  test('goes the whole way of a script, and the command line goes on from there', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({ batches: [1] });
    const agent = await openAgent(COMPAT, bench);
    const uploaded = await upload(agent, bench, 'batches/batch_001.jsonl');
    expect(uploaded).toEqual({
      message: 'File uploaded as batch 1',
      fileUri: expect.stringMatching(/\/files\/bs1-/),
      displayName: 'batch_001.jsonl',
      mimeType: 'application/jsonl',
      sizeBytes: String((await readFile(bench.path('batches/batch_001.jsonl'))).length),
      state: 'ACTIVE',
      expirationTime: expect.stringMatching(/^2.*Z$/),
    });
    expect(requestsTo(bench.emulator, CREATE)).toEqual([]);

    const created = read(
      await agent.call('batch_create', {
        model: 'gemini-2.5-flash',
        inputFileUri: uploaded['fileUri'],
        displayName: 'refinement_batch_001',
        outputLocation: bench.path('results'),
      }),
    );
    expect(created).toEqual({
      message: 'Batch job created',
      batchName: expect.stringMatching(/^batches\//),
      displayName: expect.stringMatching(/^refinement_batch_001 \[bs1\/.*\]$/),
      state: 'JOB_STATE_PENDING',
      createTime: expect.stringMatching(/^2.*Z$/),
      model: 'gemini-2.5-flash',
      outputLocation: bench.path('results'),
      nextSteps: expect.arrayContaining([expect.stringContaining('batch_get_status')]),
    });
    expect(bench.emulator.accepted().jobs.map(({ displayName }) => displayName)).toEqual([
      created['displayName'],
    ]);

    const { batchName } = created;
    const waiting = read(await agent.call('batch_get_status', { batchName }));
    expect(waiting).toMatchObject({ batchName, isComplete: false, error: null, completionTime: null });
    expect(waiting['state']).toMatch(/^JOB_STATE_(PENDING|RUNNING)$/);
    const early = await agent.call('batch_download_results', { batchName });
    expect(early).toMatchObject({ isError: true });
    expect(early.text).toMatch(/^Error downloading batch results: Cannot download yet/);

    bench.pass(10_000);
    const ended = read(await agent.call('batch_get_status', { batchName, autoPoll: true }));
    const stats = {
      requestCount: '2',
      successfulRequestCount: '2',
      failedRequestCount: '0',
      pendingRequestCount: '0',
    };
    expect(ended).toEqual({
      batchName,
      displayName: created['displayName'],
      state: 'JOB_STATE_SUCCEEDED',
      createTime: created['createTime'],
      updateTime: expect.stringMatching(/^2.*Z$/),
      completionTime: expect.stringMatching(/^2.*Z$/),
      stats,
      isComplete: true,
      error: null,
      nextSteps: [`Call batch_download_results with batchName "${String(batchName)}"`],
    });

    const results = read(
      await agent.call('batch_download_results', { batchName, outputLocation: bench.path('results') }),
    );
    expect(results).toMatchObject({ message: expect.any(String), batchName, resultCount: 2, stats });
    expect(results['results']).toMatchObject([{ key: 'b1-1' }, { key: 'b1-2' }]);
    expect(results['note']).toContain('2 are good answers');
    const sent = await readFile(bench.path('batch_results/batch_001.jsonl'));
    expect(await readFile(String(results['outputFile']))).toEqual(sent);
    expect(String(results['outputFile']).startsWith(bench.path('results'))).toBe(true);
    const again = read(
      await agent.call('batch_download_results', { batchName, outputLocation: bench.path('results') }),
    );
    expect(again).toEqual(results);
    const own = read(
      await agent.call('batch_download_results', { batchName, outputLocation: bench.path('batch_results') }),
    );
    expect(own['outputFile']).toBe(bench.path('batch_results/batch_001.jsonl'));
    expect(requestsTo(bench.emulator, 'download')).toHaveLength(1);
    await agent.close();

    const status = await bench.given('status --json');
    expect(JSON.parse(status.stdout)).toMatchObject({ total: 1, counts: { downloaded: 1 } });
  });

  test('takes a file from anywhere once, by its content', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [] });
    await writeInput(bench, 'questions.jsonl', 7);
    const agent = await openAgent(COMPAT, bench);
    const first = await upload(agent, bench, 'questions.jsonl');
    await rename(bench.path('questions.jsonl'), bench.path('renamed.jsonl'));
    expect((await upload(agent, bench, 'renamed.jsonl'))['fileUri']).toBe(first['fileUri']);
    expect(requestsTo(bench.emulator, 'upload.start')).toHaveLength(1);
    await writeInput(bench, 'renamed.jsonl', 8);
    expect((await upload(agent, bench, 'renamed.jsonl'))['fileUri']).not.toBe(first['fileUri']);
    expect(await readFile(bench.path('batch_uploads/batch_800000001.jsonl'), 'utf8')).toBe(batchText(7));
    await agent.close();
  });

  test('sends inline requests with their config, and the same ones once', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({ batches: [] });
    const agent = await openAgent(COMPAT, bench);
    const requests = [
      { key: 'a', request: { contents: [{ parts: [{ text: 'one' }] }] } },
      {
        key: 'b',
        request: { contents: [{ parts: [{ text: 'two' }] }], generationConfig: { temperature: 1 } },
      },
    ];
    const wish = { requests, config: { temperature: 0.2, maxOutputTokens: 64 } };
    const created = read(await agent.call('batch_create', wish));
    const again = read(await agent.call('batch_create', wish));
    expect(again).toMatchObject({
      batchName: created['batchName'],
      message: expect.stringContaining('exists'),
    });
    expect(jobsPerInput(bench.emulator)).toEqual([1]);
    const lines = (await readFile(bench.path('batch_uploads/batch_800000001.jsonl'), 'utf8'))
      .trim()
      .split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { key: 'a', request: { generationConfig: { temperature: 0.2, maxOutputTokens: 64 } } },
      { key: 'b', request: { generationConfig: { temperature: 1, maxOutputTokens: 64 } } },
    ]);
    await agent.close();
  });

  test.for([
    { what: 'the lost answer of a create', kills: false },
    { what: 'a kill of the server in a create', kills: true },
  ])('makes one job over $what', async ({ kills }, { openWorkbench, expect }) => {
    const bench = await openWorkbench({
      batches: [],
      service: {
        faults: [{ endpoint: CREATE, kind: kills ? 'hang' : 'drop', phase: 'after', at: 1 }],
      },
    });
    await writeInput(bench, 'questions.jsonl', 7);
    let agent = await openAgent(COMPAT, bench);
    const { fileUri } = await upload(agent, bench, 'questions.jsonl');
    const first = agent.call('batch_create', { inputFileUri: fileUri }).catch(() => undefined);
    if (kills) {
      await until('the job is made', () => bench.emulator.accepted().jobs.length === 1);
      process.kill(agent.pid, 'SIGKILL');
    }
    await first;
    if (kills) {
      await agent.close();
      agent = await openAgent(COMPAT, bench);
    }
    expect((await upload(agent, bench, 'questions.jsonl'))['fileUri']).toBe(fileUri);
    const created = read(await agent.call('batch_create', { inputFileUri: fileUri }));
    expect(bench.emulator.accepted().jobs.map(({ name }) => name)).toEqual([created['batchName']]);
    expect(requestsTo(bench.emulator, CREATE)).toHaveLength(1);
    await agent.close();
  });

  test('waits for a 429 within a call, and says when to call again', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({
      batches: [],
      service: { faults: [{ endpoint: CREATE, kind: 'rate_limit_bare', times: 2 }] },
      env: { BATCH_SUBMIT_RATE_LIMIT_WAIT: '20s' },
    });
    await writeInput(bench, 'questions.jsonl', 7);
    const hasty = await openAgent([...COMPAT, '--max-seconds', '3'], bench);
    const { fileUri } = await upload(hasty, bench, 'questions.jsonl');
    const cut = await hasty.call('batch_create', { inputFileUri: fileUri });
    expect(cut.isError).toBe(true);
    expect(cut.text).toMatch(
      /^Error creating batch job: Cannot finish .* the service limits the rate until 2/,
    );
    expect(cut.text).toContain('call batch_create again with the same arguments');
    await hasty.close();
    const patient = await openAgent(COMPAT, {
      ...bench,
      env: { ...bench.env, BATCH_SUBMIT_RATE_LIMIT_WAIT: '200ms' },
    });
    const created = read(await patient.call('batch_create', { inputFileUri: fileUri }));
    expect(created['batchName']).toMatch(/^batches\//);
    expect(jobsPerInput(bench.emulator)).toEqual([1]);
    await patient.close();
  });

  test('polls no longer than a call may take', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [1] });
    const agent = await openAgent([...COMPAT, '--max-seconds', '2'], bench);
    const { fileUri } = await upload(agent, bench, 'batches/batch_001.jsonl');
    const { batchName } = read(await agent.call('batch_create', { inputFileUri: fileUri }));
    const wish = { batchName, autoPoll: true, pollIntervalSeconds: 30 };
    const cut = read(await agent.call('batch_get_status', wish));
    expect(cut).toMatchObject({ isComplete: false, nextSteps: [expect.stringContaining('again')] });
    const brief = read(await agent.call('batch_get_status', { ...wish, maxWaitMs: 10 }));
    expect(brief).toMatchObject({ isComplete: false });
    await agent.close();
  });

  test('runs a script of twelve files side by side, and the report adds up', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({ batches: [] });
    const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
    for (const number of numbers) await writeInput(bench, `part-${number}.jsonl`, number);
    const agent = await openAgent(COMPAT, bench);
    const files = await Promise.all(numbers.map((number) => upload(agent, bench, `part-${number}.jsonl`)));
    const jobs = await Promise.all(
      files.map(async ({ fileUri }) => read(await agent.call('batch_create', { inputFileUri: fileUri }))),
    );
    bench.pass(10_000);
    for (const { batchName } of jobs) {
      const { resultCount } = read(await agent.call('batch_download_results', { batchName }));
      expect(resultCount).toBe(2);
    }
    await agent.close();
    expect(jobsPerInput(bench.emulator)).toEqual(numbers.map(() => 1));
    const report = await bench.given('report --json');
    expect(JSON.parse(report.stdout)).toMatchObject({
      requests: { planned: 24, answered: 24 },
      statistics: { total: 12, submitted: 12 },
    });
  });
});
