import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'vitest';
import { BIN, cleanEnvironment, FAKE_KEY } from '../cli/run-cli.ts';
import { readLog, readState, statusesIn } from '../cli/saved-files.ts';
import { jobsPerInput, requestsTo } from '../cli/service-record.ts';
import { until } from '../cli/until.ts';
import { type OpenWorkbench, test, type Workbench, type WorkbenchOptions } from '../cli/workbench.ts';
import { controlServer, type FakeControl, isRunning, notedCalls } from './fake-server.ts';

interface ViaBench extends Workbench {
  readonly control: string;
  /** What a command line finds in its environment to work through the fake server. */
  readonly via: Readonly<Record<string, string | undefined>>;
}

/** A workbench with a server of its own before the emulator; without a key of ours where `key` is false. */
async function openVia(
  openWorkbench: OpenWorkbench,
  control: FakeControl = {},
  { key = true, ...options }: WorkbenchOptions & { readonly key?: boolean } = {},
): Promise<ViaBench> {
  const bench = await openWorkbench({ clock: 'real', ...options });
  const path = join(bench.folder, '..', 'control.json');
  const via = {
    BATCH_SUBMIT_VIA_MCP: controlServer(path, control)
      .map((word) => `'${word}'`)
      .join(' '),
    GEMINI_BASE_URL: bench.emulator.url,
    ...(key ? {} : { GEMINI_API_KEY: undefined }),
  };
  return { ...bench, control: path, via };
}

const SIX = [1, 2, 3, 4, 5, 6];

function pids(control: string): readonly number[] {
  return [...new Set(notedCalls(control).map(({ pid }) => pid))];
}

describe.concurrent('a run through an MCP server, with a key', () => {
  test('submits and collects each batch once, with the tools alone', async ({ openWorkbench, expect }) => {
    const bench = await openVia(openWorkbench, {}, { batches: SIX });
    const { code, stdout, stderr } = await bench.cli('run', bench.via);
    expect(code, stderr).toBe(0);
    expect(stdout.match(/\tsubmitted\t/g)).toHaveLength(6);
    expect(stdout.match(/\tdownloaded\t/g)).toHaveLength(6);
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1, 1, 1, 1]);
    const tools = notedCalls(bench.control).map(({ tool }) => tool);
    expect(tools.filter((tool) => tool === 'upload_file')).toHaveLength(6);
    expect(tools.filter((tool) => tool === 'batch_create')).toHaveLength(6);
    expect(tools).toHaveLength(12);
    expect(pids(bench.control)).toHaveLength(1);
    await until('the server has ended', () => !pids(bench.control).some(isRunning));
  });

  test('adopts the job of a lost answer by its input, because its name was dropped', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openVia(openWorkbench, {
      faults: [{ tool: 'batch_create', at: 2, kind: 'die_after' }],
    });
    const { code, stdout, stderr } = await bench.cli('', bench.via);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^2\tadopted\t/m);
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1]);
    expect(notedCalls(bench.control, 'batch_create')).toHaveLength(3);
    expect(pids(bench.control), 'it was started again').toHaveLength(2);
    const names = bench.emulator.accepted().jobs.map(({ displayName }) => displayName);
    expect(names.every((name) => name?.startsWith('genaiBatchJob_'))).toBe(true);
  });

  test.for([
    ['no job in it', { kind: 'changed', change: { batchName: 'jobs/1' } }],
    ['no JSON', { kind: 'answer', text: 'The job is made!' }],
    ['nothing', { kind: 'answer', text: '' }],
  ] as const)('does not believe an answer with %s', async ([, fault], { openWorkbench, expect }) => {
    const bench = await openVia(openWorkbench, { faults: [{ tool: 'batch_create', at: 1, ...fault }] });
    const { code, stdout } = await bench.cli('', bench.via);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^1\tadopted\t/m);
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1]);
  });

  test('makes a job anew where the server died before it made one', async ({ openWorkbench, expect }) => {
    const bench = await openVia(openWorkbench, {
      faults: [{ tool: 'batch_create', at: 1, kind: 'die_before' }],
    });
    const { code, stderr } = await bench.cli('', bench.via);
    expect(code, stderr).toBe(0);
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1]);
    const fenced = (await readLog(bench.folder)).filter(({ event }) => event === 'batch_fenced');
    expect(fenced.map(({ batch }) => batch)).toEqual([1]);
  });

  test('does not take a job that is not there, or of another batch, for its own', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openVia(openWorkbench, {
      faults: [
        { tool: 'batch_create', at: 1, kind: 'changed', change: { batchName: 'batches/absent' } },
        { tool: 'batch_create', at: 3, kind: 'last_again' },
      ],
    });
    const { code, stdout, stderr } = await bench.cli('', bench.via);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('batches/absent, which the API does not know');
    expect(stderr).toContain('names the job of another batch');
    expect(stdout.match(/^[123]\tadopted\t/gm)?.sort()).toEqual(['1\tadopted\t', '3\tadopted\t']);
    const { submitted_jobs: jobs } = await readState(bench.folder);
    expect(new Set(Object.values(jobs).map((job) => job.job_name)).size).toBe(3);
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1]);
  });

  test('does not take a job of an earlier run for its own', async ({ openWorkbench, expect }) => {
    const bench = await openVia(openWorkbench, {
      faults: [{ tool: 'batch_create', at: 2, kind: 'last_again' }],
    });
    await bench.given('1 1', bench.via);
    const { code, stdout, stderr } = await bench.cli('', bench.via);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('which reads another file');
    expect(stdout).toMatch(/^2\tadopted\t/m);
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1]);
  });

  test('waits where the API answered 429, and creates again', async ({ openWorkbench, expect }) => {
    const bench = await openVia(
      openWorkbench,
      {},
      { service: { faults: [{ endpoint: 'batches.create', kind: 'rate_limit', at: 2 }] } },
    );
    const { code, stderr } = await bench.cli('', bench.via);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('rate limited (RESOURCE_EXHAUSTED)');
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1]);
    expect(requestsTo(bench.emulator, 'batches.create')).toHaveLength(4);
  });

  test('goes on where a run was killed between the create and its answer', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openVia(openWorkbench, {
      faults: [{ tool: 'batch_create', at: 2, kind: 'silent' }],
    });
    const first = bench.start('', bench.via);
    await until('two jobs are made', () => bench.emulator.accepted().jobs.length === 2);
    first.signal('SIGKILL');
    await first.ended;
    await until('the server has ended with it', () => !pids(bench.control).some(isRunning));
    const { code, stdout, stderr } = await bench.cli('', bench.via);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^2\tadopted\t/m);
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1]);
    expect(await statusesIn(bench.folder)).toEqual({ 1: 'submitted', 2: 'submitted', 3: 'submitted' });
  });

  test('goes on where the server was killed in the middle of uploads', async ({ openWorkbench, expect }) => {
    const bench = await openVia(openWorkbench, {
      faults: [
        { tool: 'upload_file', at: 1, kind: 'die_before' },
        { tool: 'upload_file', at: 3, kind: 'die_after' },
      ],
    });
    const { code, stderr } = await bench.cli('', bench.via);
    expect(code, stderr).toBe(0);
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1]);
    expect(pids(bench.control)).toHaveLength(3);
  });

  test('finishes a create after Ctrl-C, and ends the server', async ({ openWorkbench, expect }) => {
    const bench = await openVia(openWorkbench, {}, { service: { latencyMs: 300 } });
    // As a terminal does, the signal goes to the whole group, which the server is not in.
    const group = spawn(process.execPath, [BIN], {
      cwd: bench.folder,
      env: { ...cleanEnvironment(bench.folder), ...bench.env, ...bench.via },
      stdio: 'ignore',
      detached: true,
    });
    const ended = once(group, 'close');
    await until('a create is under way', () => notedCalls(bench.control, 'batch_create').length === 1);
    process.kill(-(group.pid ?? 0), 'SIGINT');
    expect(await ended).toEqual([130, null]);
    const statuses = await statusesIn(bench.folder);
    expect(statuses['1']).toBe('submitted');
    expect(Object.values(statuses)).not.toContain('uncertain');
    await until('the server has ended', () => !pids(bench.control).some(isRunning));
  });

  test('stops before any job is made when the server works for another project', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openVia(openWorkbench, {
      faults: [
        { tool: 'upload_file', kind: 'changed', change: { fileUri: 'https://example.com/v1/files/foreign' } },
      ],
    });
    const { code, stderr } = await bench.cli('', bench.via);
    expect(code).toBe(4);
    expect(stderr).toContain('which the API key of this run cannot see');
    expect(bench.emulator.accepted().jobs).toEqual([]);
  });

  test.for([
    [{ without: ['batch_create'] }, 'it has no tool "batch_create"'],
    [{ without: ['upload_file'] }, 'it has no tool "upload_file"'],
    [{ extra: { batch_create: ['ticket'] } }, 'its tool "batch_create" wants a parameter "ticket"'],
  ] as const)(
    'sends nothing to a server that is of no use: %j',
    async ([control, fact], { openWorkbench, expect }) => {
      const bench = await openVia(openWorkbench, control);
      const { code, stderr } = await bench.cli('', bench.via);
      expect(code).toBe(2);
      expect(stderr).toContain(`Cannot use the MCP server: ${fact}`);
      expect(stderr).toContain('--via-mcp');
      expect(notedCalls(bench.control)).toEqual([]);
      expect(bench.emulator.requests()).toEqual([]);
    },
  );

  test('says why a server cannot be started', async ({ openWorkbench, expect }) => {
    const bench = await openVia(openWorkbench, {
      diesAtStart: true,
      says: `\u001B[2Jno config for ${FAKE_KEY}\n`,
    });
    const died = await bench.cli('', { ...bench.via, BATCH_SUBMIT_MAX_RETRIES: '1' });
    expect(died.code).not.toBe(0);
    expect(died.stderr).toContain('it said: [2Jno config for [redacted]');
    expect(`${died.stdout}${died.stderr}`).not.toContain('\u001B[2J');
    const absent = await bench.cli('', { ...bench.via, BATCH_SUBMIT_VIA_MCP: 'no-such-program-here' });
    expect(absent.code).toBe(2);
    expect(absent.stderr).toContain('ENOENT');
    expect(bench.emulator.requests()).toEqual([]);
  });
});

describe.concurrent('a run through an MCP server, without a key', () => {
  test('submits and collects with what the server can do', async ({ openWorkbench, expect }) => {
    const bench = await openVia(openWorkbench, {}, { key: false });
    const { code, stdout, stderr } = await bench.cli('run', bench.via);
    expect(code, stderr).toBe(0);
    expect(stdout.match(/\tdownloaded\t/g)).toHaveLength(3);
    expect(stderr).toContain('a create whose answer is lost stays uncertain');
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1]);
    expect(requestsTo(bench.emulator, 'batches.list')).toEqual([]);
    const merged = await readFile(bench.path('batch_results', 'merged.jsonl'), 'utf8');
    expect(merged).not.toContain('"error"');
  });

  test('leaves a lost create uncertain, and does not send it again', async ({ openWorkbench, expect }) => {
    const bench = await openVia(
      openWorkbench,
      { faults: [{ tool: 'batch_create', at: 2, kind: 'die_after' }] },
      { key: false },
    );
    const first = await bench.cli('', bench.via);
    expect(first.code, first.stderr).toBe(6);
    expect(first.stderr).toContain('put GEMINI_API_KEY=… in .env');
    const second = await bench.cli('', bench.via);
    expect(second.code).toBe(6);
    expect(await statusesIn(bench.folder)).toEqual({ 1: 'submitted', 2: 'uncertain', 3: 'submitted' });
    expect(notedCalls(bench.control, 'batch_create')).toHaveLength(3);
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1]);
  });

  test('does not take the listing of a key for that of the server', async ({ openWorkbench, expect }) => {
    const bench = await openVia(
      openWorkbench,
      { faults: [{ tool: 'batch_create', at: 1, kind: 'die_before' }] },
      { key: false, batches: [1] },
    );
    expect((await bench.cli('', bench.via)).code).toBe(6);
    const withKey = { ...bench.via, GEMINI_API_KEY: FAKE_KEY };
    const { code, stderr } = await bench.cli('', withKey);
    expect(code).toBe(6);
    expect(stderr).toContain('it was sent with another API key');
    const accepted = await bench.cli('--accept-new-key', withKey);
    expect(accepted.code, accepted.stderr).toBe(0);
    expect(jobsPerInput(bench.emulator)).toEqual([1]);
  });

  test('collects with a key what was submitted without one', async ({ openWorkbench, expect }) => {
    const bench = await openVia(openWorkbench, {}, { key: false, batches: [1] });
    await bench.given('', bench.via);
    await until('the job has ended', async () => {
      const { stdout } = await bench.cli('status --refresh --json', bench.via);
      return stdout.includes('JOB_STATE_SUCCEEDED');
    });
    const { code, stdout, stderr } = await bench.cli('download', { GEMINI_API_KEY: FAKE_KEY });
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('1\tdownloaded\t');
  });

  test.for([
    ['another count', { resultCount: 7 }],
    ['another job', { batchName: 'batches/other' }],
    ['a file elsewhere', { outputFile: '/etc/hostname' }],
    ['a file that is not there', { outputFile: '/nonexistent/x.jsonl' }],
  ] as const)('takes no results from an answer with %s', async ([, change], { openWorkbench, expect }) => {
    const bench = await openVia(
      openWorkbench,
      { faults: [{ tool: 'batch_download_results', kind: 'changed', change }] },
      { key: false, batches: [1] },
    );
    const { code, stdout } = await bench.cli('run', { ...bench.via, BATCH_SUBMIT_MAX_RETRIES: '1' });
    expect(code).not.toBe(0);
    expect(stdout).not.toContain('\tdownloaded\t');
    expect(
      (await readdir(bench.folder, { recursive: true })).filter((name) => name.includes('.part')),
    ).toEqual([]);
  });

  test('cancels through the server', async ({ openWorkbench, expect }) => {
    const bench = await openVia(openWorkbench, {}, { key: false, batches: [1], clock: 'virtual' });
    await bench.given('', bench.via);
    const { code, stderr } = await bench.cli('cancel 1 1 --yes', bench.via);
    expect(code, stderr).toBe(0);
    expect(requestsTo(bench.emulator, 'batches.cancel')).toHaveLength(1);
  });
});

describe.concurrent('the API key of a run through an MCP server', () => {
  test('is in no argument, no file and no output', async ({ openWorkbench, expect }) => {
    const bench = await openVia(openWorkbench, {
      says: `my key is ${FAKE_KEY}\n`,
      faults: [
        { tool: 'batch_create', at: 1, kind: 'error', text: `Error creating batch job: bad key ${FAKE_KEY}` },
        { tool: 'upload_file', at: 3, kind: 'error', text: `Error uploading file: 503 ${FAKE_KEY}` },
      ],
    });
    const said: string[] = [];
    for (const line of ['run -vv', 'run --json', 'retry --json', 'status --list', 'config']) {
      const { stdout, stderr } = await bench.cli(line, bench.via);
      said.push(stdout, stderr);
    }
    expect(said.join('\n')).not.toContain(FAKE_KEY);
    const root = join(bench.folder, '..');
    const names = (await readdir(root, { recursive: true })).filter(
      (name) => !name.startsWith('control.json'),
    );
    for (const name of names) {
      const path = join(root, name);
      if ((await stat(path)).isFile()) expect((await readFile(path)).includes(FAKE_KEY), name).toBe(false);
    }
    expect(
      notedCalls(bench.control).filter(({ parameters }) => JSON.stringify(parameters).includes(FAKE_KEY)),
    ).toEqual([]);
  });
});

describe.concurrent('--via-mcp', () => {
  test('is not read from .env, and refused in the configuration file', async ({ openWorkbench, expect }) => {
    const bench = await openVia(openWorkbench, {}, { batches: [1] });
    await writeFile(bench.path('.env'), `BATCH_SUBMIT_VIA_MCP=${bench.via['BATCH_SUBMIT_VIA_MCP'] ?? ''}\n`);
    await bench.cli('', { GEMINI_BASE_URL: bench.emulator.url });
    expect(notedCalls(bench.control)).toEqual([]);
    await writeFile(bench.path('batch-submit.config.json'), JSON.stringify({ 'via-mcp': 'node server.js' }));
    const { code, stderr } = await bench.cli('status');
    expect(code).toBe(2);
    expect(stderr).toContain('only a flag or a real environment variable may set it');
  });
});
