import { execFileSync } from 'node:child_process';
import { mkdir, open, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BatchSubmitError } from '../../src/model/errors.ts';
import { loadState } from '../../src/state/load-state.ts';
import { openStateStore } from '../../src/state/state-store.ts';
import { rejectionOf, temporaryFolder } from './temporary-folder.ts';

const SHA = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const SECRET = 'SECRET-CONTENT';
const job = { name: 'batches/one' };
const file = { uri: 'files/x' };
const input = { path: 'in/batch_081.jsonl', sizeBytes: 10, sha256: SHA, lines: 1 };
const intent = { displayName: 'bs1/x', model: 'm', sentAt: '2026-09-28T10:00:00.000Z' };
const submitted = { status: 'submitted', attempt: 1, job, jobState: 'pending' };

function version1(changes: object): string {
  const whole = { version: 1, state_id: 'k3v9q2ma', created_at: '2026-09-28T09:00:00.000Z', batches: {} };
  return JSON.stringify({ ...whole, ...changes }, undefined, 2);
}

function withRecord(record: unknown): string {
  return version1({ batches: { '81': record } });
}

const good = withRecord(submitted);

const UNREADABLE: readonly (readonly [string, string | Buffer, RegExp])[] = [
  ['an empty file', '', /it is empty/],
  ['one line end', '\n', /ends too early \(line 2, byte 1\)/],
  ['a file of zero bytes', Buffer.alloc(4096), /only zero bytes/],
  ['zero bytes behind a good start', Buffer.concat([Buffer.from(good), Buffer.alloc(64)]), /not JSON/],
  ['half a file', good.slice(0, good.length / 2), /ends too early \(line \d+, byte \d+\)/],
  ['a file without its last character', good.slice(0, -1), /ends too early/],
  ['two states in a row', good + good, /something follows its end/],
  ['trailing garbage', `${good}${SECRET}`, /something follows its end/],
  ['merge markers', `<<<<<<< HEAD\n${good}\n=======\n${good}\n>>>>>>> ${SECRET}`, /line 1, byte 0/],
  ['a page of HTML', `<!doctype html><title>${SECRET}</title>`, /not JSON/],
  ['words', SECRET, /not JSON \(line 1, byte 0\)/],
  ['a comment', `// ${SECRET}\n${good}`, /not JSON/],
  ['a trailing comma', '{"version": 1,}', /byte 14/],
  ['single quotes', "{'version': 1}", /byte 1\)/],
  ['UTF-16', Buffer.from(`\ufeff${good}`, 'utf16le'), /not UTF-8/],
  [
    'bytes that are no UTF-8',
    Buffer.concat([Buffer.from('{"a": "'), Buffer.from([0xc3, 0x28])]),
    /not UTF-8/,
  ],
  ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), /not UTF-8/],
  ['a gzip file', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), /not UTF-8/],
  ['a list', '[]', /not an object/],
  ['null', 'null', /not an object/],
  ['a number', '1', /not an object/],
  ['a string', `"${SECRET}"`, /not an object/],
  ['200,000 brackets', '['.repeat(200_000), /64 levels/],
  ['200,000 braces', '{"a":'.repeat(200_000), /64 levels/],
  ['a key of every object at the top', '{"__proto__": {"version": 1}}', /"__proto__" is not allowed/],
  [
    'a key of every object inside',
    version1({ batches: { '81': JSON.parse('{"__proto__": {}}') } }),
    /__proto__/,
  ],
  ['a constructor', version1({ constructor: {} }), /"constructor" is not allowed/],
  ['a prototype', version1({ batches: { prototype: {} } }), /"prototype" is not allowed/],
  ['a key given twice', '{"version": 1, "version": 1}', /same key is given twice/],
  ['a batch given twice', version1({}).replace('"batches": {}', '"batches": {"81": {}, "81": {}}'), /twice/],
  ['a number beyond all', version1({}).replace('"batches"', '"x": 1e400, "batches"'), /too large/],
  [
    'a number that would be rounded',
    version1({}).replace('"batches"', '"x": 9007199254740993, "batches"'),
    /too large/,
  ],
  ['an object of something else', JSON.stringify({ name: SECRET }), /none of the keys/],
  ['an empty object', '{}', /none of the keys/],
  ['a state that lost its version', good.replace('"version": 1,', ''), /"version" is missing/],
  ['no state_id', version1({ state_id: undefined }), /"state_id" is wrong/],
  ['a state_id of another form', version1({ state_id: 'K3V9-2MA' }), /"state_id" is wrong/],
  ['no created_at', version1({ created_at: undefined }), /"created_at" is wrong/],
  ['a last_run that is a number', version1({ last_run: 5 }), /"last_run" is wrong/],
  ['no batches', version1({ batches: undefined }), /"batches" is wrong/],
  ['batches as a list', version1({ batches: [submitted] }), /"batches" is wrong/],
  ['batch 0', version1({ batches: { '0': submitted } }), /not a batch number/],
  ['batch -1', version1({ batches: { '-1': submitted } }), /not a batch number/],
  ['batch 081', version1({ batches: { '081': submitted } }), /not a batch number/],
  ['batch 1.5', version1({ batches: { '1.5': submitted } }), /not a batch number/],
  ['batch 1e3', version1({ batches: { '1e3': submitted } }), /not a batch number/],
  ['batch 1000000000', version1({ batches: { '1000000000': submitted } }), /not a batch number/],
  ['a batch with a word for a number', version1({ batches: { [SECRET]: submitted } }), /not a batch number/],
  ['a batch with Arabic digits', version1({ batches: { '٨١': submitted } }), /not a batch number/],
  ['a record that is null', withRecord(null), /batch 81 is wrong/],
  ['a record that is text', withRecord(SECRET), /batch 81 is wrong/],
  ['a record without a status', withRecord({ attempt: 1 }), /"status"/],
  ['a record with a status of its own', withRecord({ status: SECRET, attempt: 1 }), /"status"/],
  ['a record without an attempt', withRecord({ status: 'pending' }), /"attempt"/],
  ['attempt 0', withRecord({ status: 'pending', attempt: 0 }), /"attempt"/],
  ['attempt 1.5', withRecord({ status: 'pending', attempt: 1.5 }), /"attempt"/],
  [
    'a submitted batch without a job',
    withRecord({ status: 'submitted', attempt: 1, jobState: 'pending' }),
    /"job"/,
  ],
  ['a job without a name', withRecord({ ...submitted, job: {} }), /"job.name"/],
  ['a job with an empty name', withRecord({ ...submitted, job: { name: '' } }), /"job.name"/],
  ['a job state of its own', withRecord({ ...submitted, jobState: SECRET }), /"jobState"/],
  ['a pending batch with a job', withRecord({ status: 'pending', attempt: 1, job }), /"job"/],
  [
    'an uploaded batch with an intent',
    withRecord({ status: 'uploaded', attempt: 1, input, file, intent }),
    /"intent"/,
  ],
  [
    'a batch in creation without an intent',
    withRecord({ status: 'creating', attempt: 1, input, file }),
    /"intent"/,
  ],
  ['a hash that is none', withRecord({ ...submitted, input: { ...input, sha256: 'x' } }), /"input.sha256"/],
  ['a negative size', withRecord({ ...submitted, input: { ...input, sizeBytes: -1 } }), /"input.sizeBytes"/],
  ['an upload without a place', withRecord({ ...submitted, file: {} }), /"file.uri"/],
  [
    'a collected batch without a result',
    withRecord({ ...submitted, status: 'collected', endedAt: '' }),
    /"saved"/,
  ],
  [
    'one job in two batches',
    version1({ batches: { '81': submitted, '82': submitted } }),
    /81 and 82 have the same job/,
  ],
  [
    "one job that is another batch's earlier one",
    version1({
      batches: {
        '81': submitted,
        '82': {
          status: 'pending',
          attempt: 2,
          earlier: [{ attempt: 1, jobName: 'batches/one', ended: 'failed' }],
        },
      },
    }),
    /81 and 82 have the same job/,
  ],
  [
    'a job added by hand',
    version1({ submitted_jobs: { '82': { job_name: 'batches/simulated_82' } } }),
    /disagree about batch 82/,
  ],
  [
    'a job removed by hand',
    version1({ batches: { '81': submitted }, submitted_jobs: {} }),
    /disagree about batch 81/,
  ],
  [
    'a job renamed by hand',
    version1({ batches: { '81': submitted }, submitted_jobs: { '81': { job_name: 'batches/two' } } }),
    /disagree about batch 81/,
  ],
  ['older jobs that are text', JSON.stringify({ submitted_jobs: SECRET }), /"submitted_jobs" is neither/],
  ['older failures that are a number', JSON.stringify({ failed_batches: 3 }), /"failed_batches" is neither/],
  [
    'an older job that belongs to no batch',
    JSON.stringify({ submitted_jobs: [{ job_name: 'batches/a8c3e1f7b2d94650' }] }),
    /job without a batch number/,
  ],
  [
    'an older job that belongs to two batches',
    JSON.stringify({ submitted_jobs: { '1': 'batches/a8c3e1f7', '2': 'batches/a8c3e1f7' } }),
    /1 and 2 have the same job/,
  ],
];

const NEWER: readonly (readonly [string, unknown])[] = [
  ['2', 2],
  ['999', 999],
  ['0', 0],
  ['-1', -1],
  ['1.5', 1.5],
  ['"1"', '1'],
  ['null', null],
  ['true', true],
  ['[1]', [1]],
];

const CORPUS: readonly (readonly [string, string | Buffer, string, RegExp])[] = [
  ...UNREADABLE.map(([what, content, message]) => [what, content, 'E_STATE_UNREADABLE', message] as const),
  ...NEWER.map(
    ([what, version]) =>
      [`version ${what}`, version1({ version }), 'E_STATE_NEWER', /a newer version/] as const,
  ),
];

test.for(CORPUS)('%s is refused and left as it is', async ([, content, code, message]) => {
  const folder = await temporaryFolder();
  const path = join(folder, 'state.json');
  await writeFile(path, content);
  for (const read of [loadState, openForWriting]) {
    const error = await rejectionOf(read(path));
    expect(error).toBeInstanceOf(BatchSubmitError);
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(message),
      details: expect.arrayContaining(['It was left as it is']),
      hint: expect.stringContaining('`'),
    });
    expect(JSON.stringify(error) + String(error)).not.toContain(SECRET);
  }
  expect(Buffer.compare(await readFile(path), Buffer.from(content))).toBe(0);
  expect(await readdir(folder)).toEqual(['state.json']);
  expect(({} as Record<string, unknown>)['version']).toBeUndefined();
});

function openForWriting(path: string): Promise<unknown> {
  return openStateStore({ path, now: () => new Date(), newStateId: () => 'abcdefgh' });
}

test('a good state behind a byte order mark is read', async () => {
  const path = join(await temporaryFolder(), 'state.json');
  await writeFile(path, `\ufeff${good}`);
  expect((await loadState(path))?.state.batches.get(81)).toEqual(submitted);
});

test('a fault behind a byte order mark is placed by the bytes of the file', async () => {
  const path = join(await temporaryFolder(), 'state.json');
  await writeFile(path, '\ufeff{"é": !}');
  expect(await rejectionOf(loadState(path))).toMatchObject({ message: expect.stringContaining('byte 10') });
});

test('a state beyond what a string can hold is refused without being read', async () => {
  const path = join(await temporaryFolder(), 'state.json');
  const file600 = await open(path, 'w');
  await file600.truncate(600 * 1024 * 1024);
  await file600.close();
  const before = process.memoryUsage().rss;
  expect(await rejectionOf(loadState(path))).toMatchObject({ code: 'E_STATE_UNREADABLE' });
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
});

test('a folder in the place of the state is refused', async () => {
  const path = join(await temporaryFolder(), 'state.json');
  await mkdir(path);
  expect(await rejectionOf(loadState(path))).toMatchObject({ code: 'E_STATE_UNREADABLE' });
});

test.skipIf(process.platform === 'win32')(
  'a pipe in the place of the state is refused, not waited for',
  async () => {
    const path = join(await temporaryFolder(), 'state.json');
    execFileSync('mkfifo', [path]);
    expect(await rejectionOf(loadState(path))).toMatchObject({ code: 'E_STATE_UNREADABLE' });
  },
);
