import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseFaults } from '../../src/emulator/index.ts';
import { estimate } from '../../src/probe/plan.ts';
import { QUESTIONS } from '../../src/probe/questions/index.ts';
import { ApiClient } from '../emulator/support/api-client.ts';
import { FAKE_KEY } from '../cli/run-cli.ts';
import {
  answersById,
  leftAt,
  openProbeBench,
  type ProbeBench,
  readAnswers,
  SECOND_KEY,
  textsBelow,
} from './probe-bench.ts';

describe('before anything is sent', () => {
  test('without a terminal and without --yes nothing is, and the exit code is 2', async () => {
    const bench = await openProbeBench();
    for (const line of ['', '--clean-up', '--only L12']) {
      const { code, stderr } = await bench.probe(line);
      expect(code).toBe(2);
      expect(stderr).toContain('error: Cannot probe: it was not confirmed, and nothing was sent');
    }
    expect(bench.emulator.requests()).toEqual([]);
  });

  test('a person sees every question, what is made and what it costs, and may say no', async () => {
    const bench = await openProbeBench();
    const { code, stderr } = await bench.probe('', { typed: 'n\n' });
    expect(code).toBe(2);
    for (const { id, asks } of QUESTIONS) expect(stderr).toContain(`${id.padEnd(4)} ${asks}`);
    expect(stderr).toMatch(/Makes {3}at most \d+ files of a line or two and \d+ jobs/);
    expect(stderr).toMatch(/Costs {3}at most 0\.0[0-4]\d USD/);
    expect(stderr).toContain('key from the environment (GEMINI_API_KEY)');
    expect(bench.emulator.requests()).toEqual([]);
  });

  test('or yes', async () => {
    const bench = await openProbeBench();
    expect(await bench.probe('--only L12', { typed: 'y\n' })).toMatchObject({ code: 0 });
    expect(bench.emulator.requests().length).toBeGreaterThan(0);
  });

  test.for([
    ['--only L14', 'Cannot ask "L14": the questions are L1 to L13'],
    ['--rounds 51', 'Cannot use --rounds "51"'],
    ['--wait soon', 'Cannot use --wait "soon"'],
    ['--no-such-flag', 'Cannot read the command line'],
    ['L3', 'Cannot read the command line'],
    ['--base-url http://example.com', 'http'],
  ])('%s is refused', async ([line, says]) => {
    const bench = await openProbeBench();
    const { code, stderr } = await bench.probe(`--yes ${line}`);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
    expect(bench.emulator.requests()).toEqual([]);
  });

  test('no key: exit 4', async () => {
    const bench = await openProbeBench();
    expect(await bench.probe('--yes', { env: { GEMINI_API_KEY: undefined } })).toMatchObject({ code: 4 });
    expect(bench.emulator.requests()).toEqual([]);
  });

  test('a wrong key or an unknown model is one error after one question', async () => {
    const bench = await openProbeBench({ apiKeys: [FAKE_KEY] });
    const bad = await bench.probe('--yes', { env: { GEMINI_API_KEY: 'another-key' } });
    expect(bad).toMatchObject({ code: 4 });
    expect(bad.stderr).not.toContain('another-key');
    expect(await bench.probe('--yes --model gemini-0')).toMatchObject({ code: 2 });
    expect(bench.emulator.requests().map(({ endpoint }) => endpoint)).toEqual(['models.get', 'models.get']);
  });

  test('a folder that holds something is left alone', async () => {
    const bench = await openProbeBench();
    const { folder } = await bench.probe('--yes --only L12');
    const sent = bench.emulator.requests().length;
    expect(await bench.probe(`--yes --only L12 --out ${folder}`)).toMatchObject({ code: 2 });
    expect(bench.emulator.requests()).toHaveLength(sent);
  });

  test('fifty rounds stay below 0.05 USD', () => {
    expect(estimate(QUESTIONS, { model: 'any', rounds: 50, waitMs: 0 }).usd).toBeLessThan(0.05);
  });

  test('--help', async () => {
    const { code, stdout } = await (await openProbeBench()).probe('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: npm run probe -- [flags]');
  });
});

test('makes no more than it planned', async () => {
  const bench = await openProbeBench();
  await bench.probe('--yes --rounds 7', { env: { GEMINI_API_KEY_2: SECOND_KEY } });
  const planned = estimate(QUESTIONS, { model: 'any', rounds: 7, waitMs: 0 });
  const { files, jobs } = bench.emulator.accepted();
  expect(files.length).toBeLessThanOrEqual(planned.files);
  expect(jobs.length).toBeLessThanOrEqual(planned.jobs);
  const requests = jobs.reduce((sum, job) => sum + job.requestCount, 0);
  expect(requests).toBeLessThanOrEqual(planned.requests);
});

test('prints question, answer and what it changes', async () => {
  const bench = await openProbeBench({ listMaxPageSize: 3 });
  const { stdout, folder } = await bench.probe('--yes --only L3,L4,L9');
  expect(stdout.replace(folder, '<out>')).toMatchInlineSnapshot(`
    "L3   How soon is a new job in the list?
         in the first list asked for: median 0ms, most 0ms, 5 rounds
         settle: 10m → stays
    L4   In which order are jobs listed, how large may a page be, and what comes without a page size?
         newest first among 5 jobs; 1000 a page is lowered to 3; 3 come without a page size
         ! jobs in a page: 100 → 3
    L9   Does a second key of the same project see the jobs of the first?
         not asked: GEMINI_API_KEY_2 holds no second key

    Removed 1 file and 5 jobs; nothing is left but results, which only time removes
    Written to <out>/probe-answers.json
    "
  `);
});

describe('what is written', () => {
  test('one fixture for each exchange, in the form of fixtures/wire/observed', async () => {
    const bench = await openProbeBench();
    const { folder } = await bench.probe('--yes --only L5,L12');
    const names = (await readdir(join(folder, 'observed'))).sort();
    expect(names).toMatchInlineSnapshot(`
      [
        "001-l5-first-start.json",
        "002-l5-first-end.json",
        "003-l5-second-start.json",
        "004-l5-second-end.json",
        "005-l5-delete.json",
        "006-l5-third-start.json",
        "007-l5-third-end.json",
        "008-l12-get.json",
      ]
    `);
    const fixture = JSON.parse(await readFile(join(folder, 'observed', '001-l5-first-start.json'), 'utf8'));
    expect(fixture).toMatchInlineSnapshot(`
      {
        "body": "",
        "headers": {
          "content-length": "0",
          "content-type": "text/plain; charset=utf-8",
          "server": "UploadServer",
          "x-goog-upload-chunk-granularity": "8388608",
          "x-goog-upload-status": "active",
        },
        "request": {
          "body": {
            "file": {
              "displayName": "bsp1-einrv26d/l5",
              "mimeType": "jsonl",
              "name": "files/bsp1-einrv26d-l5",
            },
          },
          "headers": {
            "x-goog-upload-command": "start",
          },
          "method": "POST",
          "path": "/upload/v1beta/files",
        },
        "status": 200,
      }
    `);
    const answers = await readAnswers({ folder, code: 0, stdout: '', stderr: '' });
    const [l5, l12] = answers.answers;
    expect([l5, l12].map((one) => (one?.status === 'answered' ? one.exchanges.length : 0))).toEqual([
      names.length - 1,
      1,
    ]);
  });

  test('neither key, session nor account, although the service repeats them in its errors', async () => {
    const message = `key ${FAKE_KEY}, second ${SECOND_KEY}, project 123456789012 (projects/987654321), mail a.b@example.org`;
    const bench = await openProbeBench({
      faults: [
        { endpoint: 'batches.create', kind: 'status', status: 403, message, at: 2 },
        { endpoint: 'files.get', kind: 'status', status: 403, message },
        { endpoint: 'download', kind: 'status', status: 403, message, at: 1 },
      ],
    });
    const { stdout, stderr, folder } = await bench.probe('--yes', { env: { GEMINI_API_KEY_2: SECOND_KEY } });
    const texts = [stdout, stderr, ...(await textsBelow(folder))];
    expect(texts.length).toBeGreaterThan(30);
    for (const secret of [FAKE_KEY, SECOND_KEY, 'AAVL', '123456789012', '987654321', 'example.org']) {
      expect(texts.filter((text) => text.includes(secret))).toEqual([]);
    }
    expect(texts.some((text) => text.includes('key [redacted], second [redacted]'))).toBe(true);
  });

  test("nothing of somebody's own jobs and files", async () => {
    const bench = await openProbeBench();
    const api = new ApiClient(bench.emulator.url);
    const file = await api.upload('{}\n', { displayName: 'private-file' });
    const { name } = (await api.create(file.name, 'private job')).body;
    bench.clock.advance(3 * 86_400_000);
    const { folder } = await bench.probe('--yes --only L3,L4,L11');
    const texts = await textsBelow(folder);
    for (const secret of ['private', name, file.name]) {
      expect(texts.filter((text) => text.includes(secret))).toEqual([]);
    }
    expect(leftAt(bench), 'and they are left alone').toContain(name);
  });
});

describe('everything it made is removed', () => {
  const faults = [
    'batches.create/drop#2',
    'batches.create/503#1',
    'upload.bytes/503#1',
    'upload.bytes/drop#3',
    'files.delete/503:0.3',
    'batches.delete/503:0.3',
    'batches.list/html#2',
    'batches.list/truncated_json:0.2',
    '503:0.1,drop:0.1',
    '429:0.3',
  ];
  test.for(faults)('with the faults %s', async (text) => {
    const parsed = parseFaults(text);
    const bench = await openProbeBench({ faults: parsed.ok ? parsed.rules : [] });
    const probed = await bench.probe();
    expect(leftAt(bench), probed.stdout).toEqual([]);
    expect((await readAnswers(probed)).answers).toHaveLength(13);
  });

  test('even a job whose create got no answer and which is slow to be listed', async () => {
    const bench = await openProbeBench({
      listLagMs: 30_000,
      faults: [{ endpoint: 'batches.create', kind: 'drop', phase: 'after', at: 1 }],
    });
    await bench.probe('--yes --only L2');
    expect(bench.emulator.accepted().jobs).toHaveLength(1);
    expect(leftAt(bench)).toEqual([]);
  });

  test('one question that fails stops no other', async () => {
    const bench = await openProbeBench({
      faults: [{ endpoint: 'batches.create', kind: 'status', status: 400 }],
    });
    const probed = await bench.probe();
    expect(probed.code).toBe(3);
    expect(answersById(await readAnswers(probed))).toMatchObject({
      L1: 'not_answered',
      L5: 'end_200',
      L7: 'file',
      L12: '403',
      L13: 'base64_of_hex',
    });
  });

  test('on Ctrl-C, wherever it strikes; the answers so far are written', async () => {
    for (const requests of [1, 2, 4, 7, 11, 16, 22, 30, 40, 55, 70]) {
      const bench = await openProbeBench();
      const probed = await bench.probe('--yes', { interruptAt: { requests } });
      expect(leftAt(bench), `after ${requests} requests`).toEqual([]);
      if (probed.code !== 130) continue;
      if (requests > 2) expect((await readAnswers(probed)).answers).toHaveLength(13);
    }
  });

  test('a second Ctrl-C ends the cleaning up, and what stays is said', async () => {
    const bench = await openProbeBench();
    const probed = await bench.probe('--yes', { interruptAt: { requests: 30, times: 2 } });
    expect(probed.code).toBe(130);
    const { leftovers } = await readAnswers(probed);
    expect(leftovers.length).toBeGreaterThan(0);
    for (const name of leftAt(bench)) expect(leftovers.join('\n')).toContain(name);
  });

  test('and what could not be is said, with the command that tries again', async () => {
    const bench = await openProbeBench();
    const endpoints = ['files.delete', 'batches.delete'] as const;
    for (const endpoint of endpoints) bench.emulator.addFault({ endpoint, kind: 'status', status: 500 });
    const probed = await bench.probe('--yes --only L2');
    expect(probed.code).toBe(3);
    const left = leftAt(bench);
    expect(left).toHaveLength(2);
    const { leftovers } = await readAnswers(probed);
    for (const name of left) expect(leftovers.some((leftover) => leftover.startsWith(name))).toBe(true);
    expect(probed.stdout).toContain('Try again with `npm run probe -- --clean-up`');

    bench.emulator.clearFaults();
    const stranger = await strangersOf(bench);
    expect(await bench.probe('--clean-up --yes')).toMatchObject({ code: 0 });
    expect(leftAt(bench)).toEqual(stranger);
  });
});

/** Files and jobs that no probe made, though one of them has a similar name. */
async function strangersOf({ emulator }: ProbeBench): Promise<readonly string[]> {
  const api = new ApiClient(emulator.url);
  const file = await api.upload('{}\n', { name: 'files/bsp1-mine' });
  return [file.name, (await api.create(file.name, 'bsp1 my own')).body.name];
}
