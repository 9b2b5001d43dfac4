import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import { parseStateBytes } from '../../src/state/load-state.ts';
import { checkRecord } from '../../src/state/record-schema.ts';
import { parseState, serializeState } from '../../src/state/state-schema.ts';
import { reachableRecord, reachableState } from './arbitraries.ts';
import { temporaryFolder } from './temporary-folder.ts';

const SHA = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const input = { path: '/in/batch_079.jsonl', sizeBytes: 10, sha256: SHA, lines: 1 };
const file = { name: 'files/bs1-x', uri: 'https://example.test/files/bs1-x' };

const RECORDS: readonly (readonly [number, BatchRecord])[] = [
  [100, { status: 'pending', attempt: 1 }],
  [81, { status: 'uploaded', attempt: 1, input, file }],
  [
    79,
    {
      status: 'submitted',
      attempt: 1,
      input,
      file,
      job: { name: 'batches/one', submittedAt: '2026-09-28T10:00:00.000Z' },
      jobState: 'running',
    },
  ],
  [
    9,
    {
      status: 'failed',
      attempt: 1,
      step: 'job',
      reason: 'code_3',
      detail: 'bad input',
      failedAt: '2026-09-28T10:00:00.000Z',
      job: { name: 'batches/two' },
    },
  ],
  [80, { status: 'failed', attempt: 1, step: 'input', reason: 'empty', detail: 'no line', failedAt: '2026' }],
];

const state = {
  stateId: 'k3v9q2ma',
  createdAt: '2026-09-28T09:00:00.000Z',
  lastRun: '2026-09-28T11:00:00.000Z',
  batches: new Map(RECORDS),
};

test('serializeState() writes the older keys first, with their old meaning', () => {
  const parsed = JSON.parse(serializeState(state)) as Record<string, unknown>;
  expect(Object.keys(parsed)).toEqual([
    'last_completed_batch',
    'submitted_jobs',
    'uploaded_files',
    'failed_batches',
    'last_run',
    'total_submitted',
    'version',
    'state_id',
    'created_at',
    'batches',
  ]);
  expect(parsed).toMatchObject({
    last_completed_batch: 79,
    submitted_jobs: {
      '9': { job_name: 'batches/two', file_uri: null, submitted_at: null, state: 'JOB_STATE_FAILED' },
      '79': {
        job_name: 'batches/one',
        file_uri: 'https://example.test/files/bs1-x',
        submitted_at: '2026-09-28T10:00:00.000Z',
        state: 'JOB_STATE_RUNNING',
      },
    },
    uploaded_files: { '79': file.uri, '81': file.uri },
    failed_batches: [9, 80],
    last_run: '2026-09-28T11:00:00.000Z',
    total_submitted: 2,
    version: 1,
    state_id: 'k3v9q2ma',
  });
});

test('serializeState() ends in a line end and is indented by two spaces', () => {
  expect(serializeState({ ...state, batches: new Map() })).toBe(`{
  "last_completed_batch": 0,
  "submitted_jobs": {},
  "uploaded_files": {},
  "failed_batches": [],
  "last_run": "2026-09-28T11:00:00.000Z",
  "total_submitted": 0,
  "version": 1,
  "state_id": "k3v9q2ma",
  "created_at": "2026-09-28T09:00:00.000Z",
  "batches": {}
}
`);
});

test("the guide's own Python prints the right numbers", async (context) => {
  const path = join(await temporaryFolder(), 'batch_submission_state.json');
  await writeFile(path, serializeState(state));
  const script = [
    'import json, sys',
    'with open(sys.argv[1]) as f:',
    '    state = json.load(f)',
    'print(f"Submitted: {len(state[\'submitted_jobs\'])}/204")',
    'print(f"Last batch: {state[\'last_completed_batch\']}")',
    'print(state["failed_batches"], state["submitted_jobs"]["79"]["job_name"])',
  ].join('\n');
  const python = spawnSync('python3', ['-c', script, path], { encoding: 'utf8' });
  if (python.error !== undefined) return context.skip('no python3 here');
  expect(python.stdout).toBe('Submitted: 2/204\nLast batch: 79\n[9, 80] batches/one\n');
});

test('parseState() gives back any state that events can lead to', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(reachableState, (any) => {
      for (const record of any.batches.values()) seen.add(record.status);
      const bytes = Buffer.from(serializeState(any));
      const { state: again, notes } = parseStateBytes(bytes, 'state.json', NOBODY);
      // Numerically: that is the order of the keys in the file.
      const expected = { ...any, batches: new Map([...any.batches].sort(([a], [b]) => a - b)) };
      expect(again).toEqual(expected);
      expect(notes).toEqual([]);
      // The order of a record's fields may change once, then never again.
      const text = serializeState(again);
      expect(serializeState(parseStateBytes(Buffer.from(text), 'state.json', NOBODY).state)).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(bytes.toString()));
    }),
    { numRuns: 1_000 },
  );
  // The property says nothing of a status that it never met.
  expect([...seen].sort()).toEqual(
    [
      'cancelled',
      'collected',
      'creating',
      'expired',
      'failed',
      'pending',
      'submitted',
      'succeeded',
      'uncertain',
      'uploaded',
      'uploading',
    ].sort(),
  );
});

const NOBODY = {
  now: (): Date => {
    throw new Error('no time needed');
  },
  newStateId: (): string => {
    throw new Error('no id needed');
  },
};

test('checkRecord() refuses a record that lost any one of its required fields', () => {
  fc.assert(
    fc.property(reachableRecord, (record) => {
      for (const key of REQUIRED[record.status] ?? []) {
        const rest = Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
        expect(checkRecord(rest)).toMatchObject({ ok: false });
      }
    }),
    { numRuns: 500 },
  );
});

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  pending: ['status', 'attempt'],
  uploading: ['attempt', 'input', 'fileName', 'startedAt'],
  uploaded: ['attempt', 'input', 'file'],
  creating: ['attempt', 'input', 'file', 'intent'],
  uncertain: ['attempt', 'input', 'file', 'intent', 'reason', 'since'],
  submitted: ['attempt', 'job', 'jobState'],
  succeeded: ['attempt', 'job', 'endedAt'],
  collected: ['attempt', 'job', 'endedAt', 'saved'],
  expired: ['attempt', 'job', 'endedAt'],
  cancelled: ['attempt', 'job', 'endedAt'],
  failed: ['attempt', 'step', 'reason', 'detail', 'failedAt'],
};

test('parseState() drops what it does not know, at the top and inside a record', () => {
  const file1 = JSON.parse(serializeState(state)) as { batches: Record<string, object> };
  const extended = {
    ...file1,
    my_note: 'hello',
    batches: { ...file1.batches, '100': { ...file1.batches['100'], colour: 'red' } },
  };
  const parsed = parseState(extended, 'state.json');
  expect(parsed.batches.get(100)).toEqual({ status: 'pending', attempt: 1 });
  expect(serializeState(parsed)).toBe(serializeState(state));
});

test('parseState() does not need the keys that are only a view', () => {
  const { version, state_id, created_at, batches } = JSON.parse(serializeState(state)) as Record<
    string,
    unknown
  >;
  expect(serializeState(parseState({ version, state_id, created_at, batches }, 'state.json'))).toBe(
    serializeState({ ...state, lastRun: undefined }),
  );
});
