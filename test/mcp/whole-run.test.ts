import { readFile } from 'node:fs/promises';
import { jobsPerInput, requestsTo } from '../cli/service-record.ts';
import { until } from '../cli/until.ts';
import { test } from '../cli/workbench.ts';
import { openAgent, type Agent } from './open-agent.ts';

const BATCHES = 204;
const CREATE = 'batches.create';
/** The tools of other servers cost an agent 408 calls and 151 KB for the same work. */
const MOST_CALLS = 10;
const MOST_BYTES = 20_000;

test(
  'an agent completes and collects 204 batches, through 429s and a kill of the server, in few calls',
  {
    timeout: 240_000,
  },
  async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({
      batches: Array.from({ length: BATCHES }, (_, index) => index + 1),
      clock: 'real',
      service: {
        jobTimeMs: 1500,
        quotaJobs: 90,
        faults: [{ endpoint: CREATE, kind: 'rate_limit', at: 20 }],
      },
      env: { BATCH_SUBMIT_CONCURRENCY: undefined, BATCH_SUBMIT_RATE_LIMIT_WAIT: '1s' },
    });
    const used: Agent['used'] = { calls: 0, bytes: 0 };
    const first = await openAgent([], bench, used);

    const asked = await first.call('batch_run');
    expect(asked.data).toMatchObject({ state: 'needs_confirm', next: 'batch_run' });
    expect(asked.text).toContain('204 paid jobs');
    expect(requestsTo(bench.emulator, CREATE)).toEqual([]);

    const killed = first.call('batch_run', { confirm: true }).catch((error: unknown) => error);
    await until('some jobs are made', () => requestsTo(bench.emulator, CREATE).length > 60);
    process.kill(first.pid, 'SIGKILL');
    expect(await killed).toBeInstanceOf(Error);
    await first.close();

    const second = await openAgent([], bench, used);
    let last = await second.call('batch_run', { confirm: true, maxSeconds: 8 });
    while (last.data?.['state'] === 'in_progress' && used.calls < MOST_CALLS)
      last = await second.call('batch_run', { confirm: true });
    expect(last).toMatchObject({
      isError: false,
      data: {
        state: 'done',
        counts: { total: BATCHES, submitted: BATCHES, downloaded: BATCHES, unanswered: 0 },
      },
    });
    const audit = await second.call('batch_audit');
    expect(audit.data).toMatchObject({
      complete: true,
      requests: { planned: 408, answered: 408 },
      problems: [],
    });
    await second.close();

    const refusals = requestsTo(bench.emulator, CREATE).filter(({ status }) => status === 429).length;
    console.log(
      `${BATCHES} batches submitted and collected by an agent: ${used.calls} calls, ${used.bytes} bytes of text; ` +
        `${refusals} creates were answered 429, the server was killed once`,
    );
    expect(refusals).toBeGreaterThan(0);
    expect(used.calls).toBeLessThanOrEqual(MOST_CALLS);
    expect(used.bytes).toBeLessThanOrEqual(MOST_BYTES);
    expect(jobsPerInput(bench.emulator)).toEqual(Array.from({ length: BATCHES }, () => 1));
    const merged = (await readFile(bench.path('batch_results', 'merged.jsonl'), 'utf8')).trim().split('\n');
    expect(merged).toHaveLength(2 * BATCHES);
  },
);
