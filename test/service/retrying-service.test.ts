import { describe, expect, test } from 'vitest';
import type { BatchService, UploadRequest } from '../../src/model/service.ts';
import { type RetryNotice, withRetries } from '../../src/service/retrying-service.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { INPUT } from './sample-records.ts';
import { createServiceDouble, failed, inTurn, jobSnapshot, ok } from './service-double.ts';

interface Bench {
  readonly service: BatchService;
  readonly clock: FakeClock;
  readonly notices: readonly RetryNotice[];
  readonly journal: readonly string[];
}

const signal = new AbortController().signal;

function wrap(calls: Partial<BatchService>, maxRetries = 3, maxWaitMs?: number): Bench {
  const journal: string[] = [];
  const notices: RetryNotice[] = [];
  const clock = createFakeClock();
  const policy = { maxRetries, retryDelayMs: 100, rateLimitWaitMs: 5000 };
  const inner = createServiceDouble(calls, journal);
  const service = withRetries(inner, {
    policy,
    clock,
    random: () => 0,
    onWait: (notice) => notices.push(notice),
    maxWaitMs,
  });
  return { service, clock, notices, journal };
}

describe('withRetries()', () => {
  test('repeats a fault with doubling waits, and tells before each', async () => {
    const { service, clock, notices } = wrap({
      getJob: inTurn(failed('unavailable'), failed('not_sent'), ok(jobSnapshot('batches/a', 'running'))),
    });
    expect(await service.getJob('batches/a', signal)).toMatchObject({ ok: true });
    expect(clock.slept).toEqual([100, 200]);
    expect(notices.map(({ step, count }) => [step, count])).toEqual([
      ['get a job', 1],
      ['get a job', 2],
    ]);
  });

  test('repeats a listing of files and the deletion of a job: neither costs anything', async () => {
    const page = { files: [], nextPageToken: undefined };
    const { service, journal } = wrap({
      listFiles: inTurn(failed('unavailable'), ok(page)),
      deleteJob: inTurn(failed('unavailable'), ok(undefined)),
    });
    expect(await service.listFiles(undefined, signal)).toEqual(ok(page));
    expect(await service.deleteJob('batches/a', signal)).toEqual(ok(undefined));
    expect(journal).toEqual(['listFiles', 'listFiles', 'deleteJob batches/a', 'deleteJob batches/a']);
  });

  test('gives up beyond its budget with the last failure', async () => {
    const { service, journal } = wrap({ listJobs: inTurn(failed('unavailable', { message: 'down' })) });
    expect(await service.listJobs(undefined, signal)).toMatchObject({
      ok: false,
      failure: { message: 'down' },
    });
    expect(journal).toHaveLength(4);
  });

  test('takes rate limits from no budget', async () => {
    const limited = failed('rate_limited');
    const { service, clock } = wrap({ deleteFile: inTurn(limited, limited, limited, ok(undefined)) }, 0);
    expect(await service.deleteFile('files/a', signal)).toEqual(ok(undefined));
    expect(clock.slept).toEqual([5000, 5000, 5000]);
  });

  test('gives up a call that the quota would keep waiting longer than it may', async () => {
    const { service, clock, notices, journal } = wrap({ getJob: inTurn(failed('rate_limited')) }, 0, 10_000);
    await expect(service.getJob('batches/a', signal)).rejects.toMatchObject({
      code: 'E_QUOTA_WAIT',
      message: expect.stringContaining('--max-wait 10s'),
    });
    expect(clock.slept, 'no wait that ends in vain').toEqual([5000, 5000]);
    expect([notices.length, journal.length]).toEqual([2, 3]);
  });

  test('counts the waits for quota of each call anew', async () => {
    const limited = failed('rate_limited');
    const calls = { getFile: inTurn(limited, limited, ok(undefined), limited, limited, ok(undefined)) };
    const { service } = wrap(calls, 0, 10_000);
    for (const name of ['files/a', 'files/b'])
      expect(await service.getFile(name, signal)).toEqual(ok(undefined));
  });

  test('waits after faults do not count as waits for quota', async () => {
    const fault = failed('unavailable');
    const { service } = wrap({ getFile: inTurn(fault, fault, fault, ok(undefined)) }, 3, 50);
    expect(await service.getFile('files/a', signal)).toEqual(ok(undefined));
  });

  test('counts faults for each call anew', async () => {
    const fault = failed('unavailable');
    const { service } = wrap({ getFile: inTurn(fault, ok(undefined), fault, ok(undefined)) }, 1);
    for (const name of ['files/a', 'files/b'])
      expect(await service.getFile(name, signal)).toEqual(ok(undefined));
  });

  test.for(['refused', 'not_found', 'key_refused', 'no_quota', 'storage_full', 'model_unknown'] as const)(
    'sends nothing again after %s',
    async (kind) => {
      const { service, journal } = wrap({ checkModel: inTurn(failed(kind)) });
      expect(await service.checkModel('m', signal)).toMatchObject({ failure: { kind } });
      expect(journal).toEqual(['checkModel m']);
    },
  );

  test.for(['unavailable', 'not_sent', 'rate_limited', 'unknown_outcome'] as const)(
    'never repeats a create, not even after %s',
    async (kind) => {
      const { service, clock, journal } = wrap({ createJob: inTurn(failed(kind)) });
      const request = { model: 'm', displayName: 'd', fileName: 'files/a' };
      expect(await service.createJob(request)).toMatchObject({ failure: { kind } });
      expect(journal).toEqual(['createJob']);
      expect(clock.slept).toEqual([]);
    },
  );

  test('goes on with an upload in the session that the last try opened', async () => {
    const sessions: (string | undefined)[] = [];
    const remembered: (string | undefined)[] = [];
    const { service } = wrap({
      async uploadFile(request) {
        sessions.push(request.sessionUrl);
        if (sessions.length > 1) return failed('refused');
        await request.onSession('https://host/session');
        return failed('unavailable');
      },
    });
    const onSession: UploadRequest['onSession'] = async (url) =>
      void remembered.push(await Promise.resolve(url));
    await service.uploadFile(
      { input: INPUT, fileName: 'files/a', displayName: 'a', sessionUrl: undefined, onSession },
      signal,
    );
    expect(sessions).toEqual([undefined, 'https://host/session']);
    expect(remembered).toEqual(['https://host/session']);
  });

  test('ends a wait at once when it is aborted, with the reason', async () => {
    const stop = new AbortController();
    const { service, journal } = wrap({
      getJob: () => {
        setImmediate(() => stop.abort(new Error('Ctrl-C')));
        return Promise.resolve(failed('rate_limited'));
      },
    });
    await expect(service.getJob('batches/a', stop.signal)).rejects.toThrow('Ctrl-C');
    expect(journal).toHaveLength(1);
  });

  test('lets what is thrown pass: a bug is not repeated', async () => {
    const { service, journal } = wrap({ getJob: () => Promise.reject(new TypeError('a bug')) });
    await expect(service.getJob('batches/a', signal)).rejects.toThrow('a bug');
    expect(journal).toHaveLength(1);
  });
});
