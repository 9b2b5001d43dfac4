import { describe, expect, test } from 'vitest';
import { readJob } from '../../src/gemini/wire-job.ts';
import { readJobPage } from '../../src/gemini/wire-job-page.ts';

const same = (text: string): string => text;

function job(metadata: object, more: object = {}): unknown {
  return { name: 'batches/abc', metadata: { name: 'batches/abc', ...metadata }, ...more };
}

describe('readJob()', () => {
  test.for(['', 'soon', 'Jan 1 2020 (\u001b[31m)', '2026-08-20T20:08:31Z\u202e', 7, null])(
    'knows no time where %j stands',
    (time) => {
      const read = readJob(job({ createTime: time, endTime: time }), same);
      expect(read).toMatchObject({ createdAt: undefined, endedAt: undefined });
    },
  );

  test('reads a finished job as it was observed', () => {
    const value = {
      name: 'batches/3a96ht58',
      metadata: {
        '@type': 'type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch',
        model: 'models/gemini-3.5-flash-lite',
        displayName: 'lupa-batch',
        inputConfig: { fileName: 'files/voe5u4gdj968' },
        output: { responsesFile: 'files/batch-3a96ht58' },
        createTime: '2026-08-20T20:08:31.015405218Z',
        endTime: '2026-08-20T20:10:25.852081585Z',
        batchStats: { requestCount: '9', successfulRequestCount: '9' },
        state: 'BATCH_STATE_SUCCEEDED',
      },
      done: true,
      response: { responsesFile: 'files/batch-3a96ht58' },
    };
    expect(readJob(value, same)).toEqual({
      name: 'batches/3a96ht58',
      displayName: 'lupa-batch',
      model: 'gemini-3.5-flash-lite',
      inputFile: 'files/voe5u4gdj968',
      state: 'succeeded',
      rawState: 'BATCH_STATE_SUCCEEDED',
      createdAt: '2026-08-20T20:08:31.015405218Z',
      endedAt: '2026-08-20T20:10:25.852081585Z',
      stats: { requests: 9, succeeded: 9, failed: 0, pending: 0 },
      results: { kind: 'file', name: 'files/batch-3a96ht58' },
      error: undefined,
    });
  });

  test.for([
    ['BATCH_STATE_PENDING', 'pending'],
    ['JOB_STATE_PENDING', 'pending'],
    ['JOB_STATE_QUEUED', 'pending'],
    ['BATCH_STATE_RUNNING', 'running'],
    ['JOB_STATE_CANCELLING', 'running'],
    ['JOB_STATE_PAUSED', 'running'],
    ['JOB_STATE_UPDATING', 'running'],
    ['BATCH_STATE_SUCCEEDED', 'succeeded'],
    ['JOB_STATE_PARTIALLY_SUCCEEDED', 'succeeded'],
    ['BATCH_STATE_FAILED', 'failed'],
    ['BATCH_STATE_CANCELLED', 'cancelled'],
    ['JOB_STATE_EXPIRED', 'expired'],
    ['BATCH_STATE_UNSPECIFIED', 'unknown'],
    ['SOMETHING_NEW', 'unknown'],
    ['constructor', 'unknown'],
    ['__proto__', 'unknown'],
    [undefined, 'unknown'],
    [7, 'unknown'],
  ] as const)('maps the state %s', ([state, expected]) => {
    expect(readJob(job({ state }), same)?.state).toBe(expected);
  });

  test('judges an unknown state of a finished job by its error or response', () => {
    const error = { code: 8, message: 'Enqueued token quota exceeded' };
    expect(readJob(job({}, { done: true, error }), same)).toMatchObject({ state: 'failed', error });
    expect(readJob(job({}, { done: true, error: { code: 1 } }), same)?.state).toBe('cancelled');
    expect(readJob(job({}, { done: true, response: {} }), same)?.state).toBe('succeeded');
    expect(readJob(job({}, { done: true }), same)?.state).toBe('unknown');
    expect(readJob(job({}, { error }), same)?.state).toBe('unknown');
  });

  test('finds results in either place, and only under a safe name', () => {
    const file = { responsesFile: 'files/batch-x' };
    const inline = { inlinedResponses: { inlinedResponses: [] } };
    expect(readJob(job({ output: file }), same)?.results).toEqual({ kind: 'file', name: 'files/batch-x' });
    expect(readJob(job({}, { response: file }), same)?.results).toEqual({
      kind: 'file',
      name: 'files/batch-x',
    });
    expect(readJob(job({ output: inline }), same)?.results).toEqual({ kind: 'inline' });
    expect(readJob(job({}, { response: inline }), same)?.results).toEqual({ kind: 'inline' });
    for (const name of [
      '../../x',
      'files/../x',
      'files/a b',
      'https://x/files/a',
      'files/a?x',
      'files/\u202ea',
      '',
    ]) {
      expect(readJob(job({}, { response: { responsesFile: name } }), same)?.results).toBeUndefined();
    }
  });

  test('takes counts as text or numbers and nothing else', () => {
    const counts = {
      requestCount: '12',
      successfulRequestCount: 3,
      failedRequestCount: '1e400',
      pendingRequestCount: -1,
    };
    expect(readJob(job({ batchStats: counts }), same)?.stats).toEqual({
      requests: 12,
      succeeded: 3,
      failed: 0,
      pending: 0,
    });
    expect(readJob(job({}), same)?.stats).toBeUndefined();
  });

  test('is not moved by hostile members', () => {
    const value: unknown = JSON.parse(
      '{"name":"batches/a","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},' +
        '"metadata":{"__proto__":{"state":"BATCH_STATE_SUCCEEDED"},"displayName":["x"],"batchStats":{"__proto__":{"requestCount":"5"}}}}',
    );
    const read = readJob(value, same);
    expect(read).toMatchObject({ name: 'batches/a', state: 'unknown', displayName: undefined });
    expect(read?.stats?.requests).toBe(0);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test.for([[null], ['x'], [[]], [{}], [{ name: 5 }], [{ name: '' }]] as const)(
    'does not take %j',
    ([value]) => {
      expect(readJob(value, same)).toBeUndefined();
    },
  );
});

describe('readJobPage()', () => {
  // It could carry the mark of one of our batches, and would be taken for its job.
  test.for(['batches/../../x', 'operations/abc', 'batches/\u202eabc', 'abc'])(
    'cannot use a page with a job that is named %j',
    (name) => {
      expect(
        readJobPage({ operations: [{ name, metadata: { displayName: 'bs1/x' } }] }, same),
      ).toBeUndefined();
    },
  );

  test('reads jobs and the token; an empty token ends the list', () => {
    const page = readJobPage({ operations: [job({}), job({})], nextPageToken: 'n' }, same);
    expect(page?.jobs).toHaveLength(2);
    expect(page?.nextPageToken).toBe('n');
    expect(readJobPage({ operations: [], nextPageToken: '' }, same)?.nextPageToken).toBeUndefined();
    expect(readJobPage({}, same)).toEqual({ jobs: [], nextPageToken: undefined });
    expect(readJobPage({ nextPageToken: 'n' }, same)).toEqual({ jobs: [], nextPageToken: 'n' });
  });

  test.for([
    [null],
    ['x'],
    [[]],
    [{ error: { code: 500 } }],
    [{ batches: [] }],
    [{ operations: {} }],
    [{ operations: [job({}), {}] }],
    [{ operations: [null] }],
    [{ operations: [], nextPageToken: 5 }],
    [{ operations: [], unreachable: ['us-east1'] }],
  ] as const)('does not take %j for a page', ([value]) => {
    expect(readJobPage(value, same)).toBeUndefined();
  });
});
