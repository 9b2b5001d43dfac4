import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { ERROR_MEANINGS } from '../../src/cli/help/error-meanings.ts';
import { exitCodeOf } from '../../src/cli/exit-codes.ts';
import { describeError } from '../../src/cli/output/describe-error.ts';
import { styleFor } from '../../src/cli/output/style.ts';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import { createJobOwners } from '../../src/state/shared-jobs.ts';
import { pair, writeParsed } from '../refine/import/record-folder.ts';
import { maskOutput } from './transcript.ts';
import { until } from './until.ts';
import { type OpenWorkbench, test, type Workbench } from './workbench.ts';

const PLAIN = styleFor({ write: () => undefined }, { flag: false, env: {} });

type Code = keyof typeof ERROR_MEANINGS;

/** What a user does to meet each error. */
const SCENES: Readonly<Record<Code, (open: OpenWorkbench) => Promise<{ bench: Workbench; stderr: string }>>> =
  {
    E_USAGE: (open) => ends(open, 'status --limit 3'),
    E_CONFIG: (open) =>
      ends(open, '', { before: ({ path }) => writeFile(path('batch-submit.config.json'), '{"modle": "x"}') }),
    E_INPUT: (open) => ends(open, '', { before: ({ path }) => truncate(path('batches', 'batch_002.jsonl')) }),
    E_DUPLICATE_BATCH: (open) =>
      ends(open, '', {
        before: async ({ path }) => {
          const text = await readFile(path('batches', 'batch_002.jsonl'));
          await writeFile(path('batches', '2.jsonl'), text);
        },
      }),
    E_NO_BATCHES: (open) => ends(open, '7 9'),
    E_MODEL_UNKNOWN: (open) => ends(open, '--model gemini-nobody'),
    E_NO_QUOTA: (open) =>
      ends(open, '', { faults: [{ endpoint: 'batches.create', kind: 'rate_limit_zero', at: 1 }] }),
    E_REFUSED: (open) =>
      ends(open, '--fail-fast', {
        faults: [{ endpoint: 'batches.create', kind: 'status', status: 400, at: 1 }],
      }),
    E_KEY_MISSING: (open) => ends(open, '', { env: { GEMINI_API_KEY: undefined } }),
    E_KEY_CONFLICT: (open) => ends(open, '', { env: { GOOGLE_API_KEY: 'another-key-than-the-first' } }),
    E_KEY_REFUSED: (open) =>
      ends(open, '', { faults: [{ endpoint: 'models.get', kind: 'status', status: 403, at: 1 }] }),
    E_QUOTA_WAIT: (open) =>
      ends(open, '--rate-limit-wait 1h --max-wait 1m', {
        faults: [{ endpoint: 'batches.create', kind: 'rate_limit', at: 1 }],
      }),
    // A service that gives one name to two jobs: no command line can bring that about.
    E_UNCERTAIN: async (open) => {
      const record: BatchRecord = {
        status: 'submitted',
        attempt: 1,
        job: { name: 'batches/abcdef' },
        jobState: 'pending',
      };
      const owners = createJobOwners(new Map([[1, record]]));
      try {
        owners.claim(2, record);
        throw new Error('both were recorded');
      } catch (error) {
        return {
          bench: await open({ batches: [] }),
          stderr: describeError(error, exitCodeOf(error), PLAIN, true, { version: '', log: undefined }),
        };
      }
    },
    E_STORAGE_FULL: (open) =>
      ends(open, '', { faults: [{ endpoint: 'upload.start', kind: 'storage_full' }] }),
    E_UNREACHABLE: (open) =>
      ends(open, '--max-retries 1', { env: { BATCH_SUBMIT_BASE_URL: 'http://127.0.0.1:1' } }),
    E_STATE_UNREADABLE: (open) =>
      ends(open, '', {
        before: ({ path }) => writeFile(path('batch_submission_state.json'), '{"version": 1, '),
      }),
    E_STATE_NEWER: (open) =>
      ends(open, 'status', {
        before: ({ path }) => writeFile(path('batch_submission_state.json'), '{"version": 99}'),
      }),
    E_OTHER_INPUT: (open) =>
      ends(open, '', {
        before: async ({ given, path }) => {
          await given('1 1');
          await rm(path('batch_submission_state.json'));
          await rm(path('batch_submission_state.json.bak'), { force: true });
        },
      }),
    E_LOCKED: async (open) => {
      const bench = await open({ service: { faults: [{ endpoint: 'models.get', kind: 'hang' }] } });
      bench.start();
      await until('the first run asks the service', () => bench.emulator.requests().length === 1);
      return { bench, stderr: (await bench.cli('-v')).stderr };
    },
    E_DISK: (open) => ends(open, '', { before: ({ path }) => mkdir(path('batch_submission_log.jsonl')) }),
    E_INTERRUPTED: async (open) => {
      const bench = await open({
        service: { faults: [{ endpoint: 'batches.create', kind: 'rate_limit', at: 1 }] },
      });
      const run = bench.start('-v --rate-limit-wait 1h 1 1');
      await until('it waits', () => run.stderr().includes('rate limited'));
      run.signal('SIGINT');
      return { bench, stderr: (await run.ended).stderr };
    },
    E_CANARY: (open) => ends(open, '1 2 --canary --yes', { clock: 'real', damage: { error: 1 } }),
    E_RECORDS: (open) => ends(open, 'dedupe'),
    E_GATES: (open) =>
      ends(open, 'import', {
        before: ({ path }) =>
          writeParsed(path('batch_records'), [pair(1, 1, 1, { flags: ['short'] })], { gates: { short: 1 } }),
      }),
    E_DATABASE: (open) =>
      ends(open, 'import', {
        before: async ({ path }) => {
          await writeParsed(path('batch_records'), [pair(1, 1, 1)]);
          await writeFile(path('batch_records.db'), 'no database');
        },
      }),
    E_REHEARSAL: (open) =>
      ends(open, 'rehearse --batches 2 --kill-at 0 --faults batches.create/403:1 --keep rehearsal'),
    // Nothing in the program is known to be broken, so something below it is.
    E_BUG: (open) =>
      ends(open, '', {
        env: {
          NODE_OPTIONS: '--import=data:text/javascript,Math.random=()=>{throw(new(Error)(String(12345)))}',
        },
      }),
  };

interface Scene {
  readonly before?: (bench: Workbench) => Promise<unknown>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly faults?: NonNullable<NonNullable<Parameters<OpenWorkbench>[0]>['service']>['faults'];
  readonly damage?: NonNullable<NonNullable<Parameters<OpenWorkbench>[0]>['service']>['damage'];
  readonly clock?: 'real';
}

async function ends(
  open: OpenWorkbench,
  line: string,
  { before, env = {}, faults, damage, clock }: Scene = {},
): Promise<{ bench: Workbench; stderr: string }> {
  const service = {
    ...(faults === undefined ? {} : { faults }),
    ...(damage === undefined ? {} : { damage }),
  };
  const bench = await open({ service, env, ...(clock === undefined ? {} : { clock }) });
  await before?.(bench);
  const { stderr } = await bench.cli(`${line} -v`);
  return { bench, stderr };
}

describe.concurrent('every error says what could not be done, the fact, and the next command', () => {
  test.for(Object.keys(SCENES) as Code[])('%s', async (code, { openWorkbench, expect }) => {
    const { bench, stderr } = await SCENES[code](openWorkbench);
    const at = `\n${stderr}`.lastIndexOf('\nerror: ');
    const error = maskOutput(stderr.slice(at), bench.folder)
      .replaceAll(/^ +at .*\n/gm, '')
      .replace(/Node v\S+ on \w+/, 'Node <version>');
    expect(error).toMatch(code === 'E_BUG' ? /^error: This is a bug in batch-submit: / : `[${code}, exit `);
    expect(error).toMatch(/\n\nhint: .+\n$/);
    expect(error).toMatchSnapshot();
  });
});
