import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe } from 'vitest';
import { batchText } from '../cli/batch-files.ts';
import { FAKE_KEY } from '../cli/run-cli.ts';
import { jobsPerInput, requestsTo } from '../cli/service-record.ts';
import { test } from '../cli/workbench.ts';
import { openAgent } from './open-agent.ts';
import { read } from './read-answer.ts';

const COMPAT = ['--compat', 'gemini-mcp'];

describe.concurrent('--compat gemini-mcp, where it says no', () => {
  test('names the tools that the flags allow, and no more', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [1] });
    const names = async (...flags: readonly string[]): Promise<readonly string[]> => {
      const agent = await openAgent([...COMPAT, ...flags], bench);
      const { tools } = await agent.client.listTools();
      await agent.close();
      return tools.map(({ name }) => name);
    };
    const usual = ['upload_file', 'batch_create', 'batch_get_status', 'batch_download_results'];
    expect(await names()).toEqual(usual);
    expect(await names('--allow-destructive')).toEqual([...usual, 'batch_cancel', 'batch_delete']);
    expect(await names('--read-only')).toEqual(['batch_get_status']);
    const unknown = await bench.cli('mcp --compat other');
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('--compat gemini-mcp') });
  });

  test('uploads nothing but batch files of the served folders', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [1] });
    const { path } = bench;
    await bench.given();
    const outside = join(dirname(bench.folder), 'outside.jsonl');
    await writeFile(outside, batchText(9));
    await symlink(outside, path('link.jsonl'));
    await symlink(path('batch_submission_log.jsonl'), path('log.jsonl'));
    await writeFile(path('.env'), 'GEMINI_API_KEY=x');
    await mkdir(path('.secrets'));
    await writeFile(path('.secrets', 'a.jsonl'), batchText(9));
    await mkdir(path('folder.jsonl'));
    const agent = await openAgent(COMPAT, bench);
    const before = requestsTo(bench.emulator, 'upload.start').length;
    for (const [filePath, fact] of [
      [outside, 'outside the served folders'],
      [path('..', 'outside.jsonl'), 'outside the served folders'],
      [path('link.jsonl'), 'outside the served folders'],
      ['/proc/self/environ', 'outside the served folders'],
      ['batches/batch_001.jsonl', 'no absolute path'],
      [path('.env'), 'hidden'],
      [path('.secrets', 'a.jsonl'), 'hidden'],
      [path('batch_submission_state.json'), 'no .jsonl file'],
      [path('batch_submission_log.jsonl'), 'a file of batch-submit itself'],
      [path('log.jsonl'), 'a file of batch-submit itself'],
      [path('folder.jsonl'), 'no plain file'],
      [path('missing.jsonl'), 'not there'],
    ] as const) {
      const answer = await agent.call('upload_file', { filePath });
      expect(answer, filePath).toMatchObject({ isError: true, text: expect.stringContaining(fact) });
      expect(answer.text).toMatch(/^Error uploading file: /);
    }
    await mkdir(path('batch_uploads'));
    await symlink(outside, path('batch_uploads', 'batch_800000001.jsonl'));
    const planted = await agent.call('upload_file', { filePath: path('batches', 'batch_001.jsonl') });
    expect(planted).toMatchObject({
      isError: true,
      text: expect.stringContaining('outside the served folders'),
    });
    expect(requestsTo(bench.emulator, 'upload.start')).toHaveLength(before);
    await agent.close();
  });

  test('puts results nowhere but into folders of their own', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [1] });
    await bench.given();
    bench.pass(10_000);
    await symlink(dirname(bench.folder), bench.path('up'));
    const agent = await openAgent(COMPAT, bench);
    const state = JSON.parse(await readFile(bench.path('batch_submission_state.json'), 'utf8')) as {
      readonly submitted_jobs: Record<string, { readonly job_name: string }>;
    };
    const batchName = state.submitted_jobs['1']?.job_name;
    for (const outputLocation of ['/tmp', '..', 'up/x', 'batches', '.hidden']) {
      const answer = await agent.call('batch_download_results', { batchName, outputLocation });
      expect(answer, outputLocation).toMatchObject({ isError: true });
      expect(answer.text).toMatch(/^Error downloading batch results: Cannot/);
    }
    expect(requestsTo(bench.emulator, 'download')).toEqual([]);
    // A file of somebody else's is not written over.
    await mkdir(bench.path('mine'));
    const taken = bench.path('mine', `batch_results_${batchName?.slice('batches/'.length)}.jsonl`);
    await writeFile(taken, 'mine');
    const refused = await agent.call('batch_download_results', { batchName, outputLocation: 'mine' });
    expect(refused.text).toContain('another file has that name');
    expect(await readFile(taken, 'utf8')).toBe('mine');
    await agent.close();
  });

  test('refuses what it could not keep to', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [1] });
    const agent = await openAgent([...COMPAT, '--max-batches', '1'], bench);
    const filePath = bench.path('batches/batch_001.jsonl');
    const { fileUri } = read(await agent.call('upload_file', { filePath }));
    const requests = [{ request: { contents: [{ parts: [{ text: 'hello' }] }] } }];
    const say = async (args: Record<string, unknown>): Promise<string> => {
      const answer = await agent.call('batch_create', args);
      expect(answer.isError).toBe(true);
      return answer.text;
    };
    expect(await say({ inputFileUri: fileUri, config: { temperature: 1 } })).toContain(
      'Cannot apply "config"',
    );
    expect(await say({ requests, config: { topK: 3 } })).toContain('topK');
    expect(await say({})).toContain('one of inputFileUri and requests is needed');
    expect(await say({ inputFileUri: 'files/somebody-elses' })).toContain(
      'was not uploaded from this folder',
    );
    expect(await say({ requests: [{ key: 'a', request: {} }] })).toContain('number 1 has no "contents"');
    expect(requestsTo(bench.emulator, 'batches.create')).toEqual([]);
    read(await agent.call('batch_create', { inputFileUri: fileUri }));
    expect(await say({ inputFileUri: fileUri, model: 'gemini-2.5-pro' })).toContain(
      'were sent to gemini-2.5-flash',
    );
    expect(await say({ requests })).toContain('may create no more');
    expect(jobsPerInput(bench.emulator)).toEqual([1]);
    await agent.close();
  });

  test('cancels and deletes one job, and shows no key', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [1, 2] });
    const agent = await openAgent([...COMPAT, '--allow-destructive'], bench);
    const make = async (name: string): Promise<unknown> => {
      const { fileUri } = read(await agent.call('upload_file', { filePath: bench.path('batches', name) }));
      return read(await agent.call('batch_create', { inputFileUri: fileUri }))['batchName'];
    };
    const [first, second] = [await make('batch_001.jsonl'), await make('batch_002.jsonl')];
    const running = await agent.call('batch_delete', { batchName: first });
    expect(running.text).toMatch(/^Error deleting batch job: Cannot delete the job/);
    const cancelled = read(await agent.call('batch_cancel', { batchName: first }));
    expect(cancelled).toMatchObject({
      message: expect.any(String),
      batchName: first,
      state: expect.stringMatching(/^JOB_STATE_/),
      note: expect.any(String),
    });
    expect(bench.emulator.requests().filter(({ endpoint }) => endpoint === 'batches.cancel')).toHaveLength(1);
    bench.pass(10_000);
    const deleted = read(await agent.call('batch_delete', { batchName: first }));
    expect(deleted).toMatchObject({
      message: expect.any(String),
      deletedJob: { name: first, state: 'JOB_STATE_CANCELLED', displayName: expect.any(String) },
      warning: expect.any(String),
    });
    const status = read(await agent.call('batch_get_status', { batchName: second }));
    expect(status).toMatchObject({ state: 'JOB_STATE_SUCCEEDED' });
    const wrong = await agent.call('batch_get_status', { batchName: `batches/${FAKE_KEY}` });
    expect(wrong).toMatchObject({
      isError: true,
      text: expect.stringMatching(/^Error getting batch status: /),
    });
    expect(wrong.text).not.toContain(FAKE_KEY);
    await agent.close();
    expect(agent.stderr()).toBe('');
  });
});
