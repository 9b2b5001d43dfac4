import { writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { EXIT, EXIT_BY_CODE, EXIT_MEANINGS } from '../../src/cli/exit-codes.ts';
import { until } from './until.ts';
import { type OpenWorkbench, test } from './workbench.ts';

type Scene = (open: OpenWorkbench) => Promise<number | string>;

/** A rate-limit wait that a signal ends. */
const signalled =
  (name: NodeJS.Signals): Scene =>
  async (open) => {
    const { start } = await open({
      service: { faults: [{ endpoint: 'batches.create', kind: 'rate_limit', at: 1 }] },
    });
    const run = start('--rate-limit-wait 1h 1 1');
    await until('it waits', () => run.stderr().includes('rate limited'));
    run.signal(name);
    return (await run.ended).code;
  };

const SCENES: Readonly<Record<keyof typeof EXIT, Scene>> = {
  ok: async (open) => (await (await open()).cli()).code,
  unexpected: async (open) =>
    (await (await open()).cli('--max-retries 0', { BATCH_SUBMIT_BASE_URL: 'http://127.0.0.1:1' })).code,
  usage: async (open) => (await (await open()).cli('staus')).code,
  someFailed: async (open) => {
    const faults = [{ endpoint: 'batches.create', kind: 'status', status: 400, at: 2 }] as const;
    return (await (await open({ service: { faults } })).cli()).code;
  },
  key: async (open) => (await (await open()).cli('', { GEMINI_API_KEY: undefined })).code,
  quotaWait: async (open) => {
    const faults = [{ endpoint: 'batches.create', kind: 'rate_limit', at: 1 }] as const;
    return (await (await open({ service: { faults } })).cli('--rate-limit-wait 1h --max-wait 1m')).code;
  },
  uncertain: async (open) => {
    const faults = [{ endpoint: 'batches.create', kind: 'drop', phase: 'before', at: 2 }] as const;
    return (await (await open({ service: { faults } })).cli('--on-ambiguous quarantine')).code;
  },
  running: async (open) => {
    const bench = await open();
    await bench.given();
    return (await bench.cli('download')).code;
  },
  state: async (open) => {
    const bench = await open();
    await writeFile(bench.path('batch_submission_state.json'), '{');
    return (await bench.cli()).code;
  },
  locked: async (open) => {
    const { start, cli, emulator } = await open({
      service: { faults: [{ endpoint: 'models.get', kind: 'hang' }] },
    });
    start();
    await until('the first run asks the service', () => emulator.requests().length === 1);
    return (await cli()).code;
  },
  hungUp: signalled('SIGHUP'),
  interrupted: signalled('SIGINT'),
  terminated: signalled('SIGTERM'),
};

describe.concurrent('exit codes', () => {
  test.for(EXIT_MEANINGS)('$code: $meaning', async ({ code }, { openWorkbench, expect }) => {
    const name = (Object.keys(EXIT) as (keyof typeof EXIT)[]).find((one) => EXIT[one] === code);
    expect(name).toBeDefined();
    if (name !== undefined) expect(await SCENES[name](openWorkbench)).toBe(code);
  });

  test('have a meaning each, and there is no other', ({ expect }) => {
    const known = new Set(EXIT_MEANINGS.map(({ code }) => code));
    expect(known).toEqual(new Set(Object.values(EXIT)));
    expect(Object.values(EXIT_BY_CODE).filter((code) => !known.has(code as never))).toEqual([]);
  });
});
