import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import type { BatchService } from '../../src/model/service.ts';
import {
  collectUntilDone,
  NOTHING_TO_SUBMIT,
  type CollectOptions,
} from '../../src/run/collect-until-done.ts';
import { START } from '../service/fake-clock.ts';
import { createSampleContext, type SampleContext } from '../service/sample-context.ts';
import { submitted, succeeded } from '../service/sample-records.ts';
import { failed, inTurn, jobSnapshot, ok } from '../service/service-double.ts';
import { temporaryFolder } from '../state/temporary-folder.ts';

const HOUR_MS = 3_600_000;
const RUNNING = ok(jobSnapshot('batches/a', 'running'));
const ENDED = ok(jobSnapshot('batches/a', 'cancelled', { results: undefined }));

/** The moment so many hours before the fake clock's start. */
function ago(hours: number): string {
  return new Date(Date.parse(START) - hours * HOUR_MS).toISOString();
}

function pendingFor(hours: number): BatchRecord {
  const record = submitted('batches/a');
  const { name, uri } = record.file ?? { name: undefined, uri: '' };
  return { ...record, file: { name, uri }, job: { ...record.job, submittedAt: ago(hours) } };
}

function optionsFor(outputDirectory: string, more: Partial<CollectOptions> = {}): CollectOptions {
  const download = { outputDirectory, concurrency: 1, force: false };
  return { download, pollMs: 60_000, timeoutMs: undefined, ...more };
}

function warningsIn({ events }: SampleContext): readonly string[] {
  return events.flatMap((event) => (event.event === 'warning' ? [event.message] : []));
}

describe('collectUntilDone()', () => {
  test('warns of deadlines, once for each distance however often it polls', async () => {
    const answers = Array.from({ length: 4 * 60 }, () => RUNNING);
    const context = createSampleContext({ getJob: inTurn(...answers, ENDED) }, { 1: pendingFor(43) });
    await collectUntilDone(context, [1], optionsFor('never-made'), NOTHING_TO_SUBMIT);
    expect(warningsIn(context).map((text) => text.split(';')[0])).toEqual([
      '1 job expires in less than 6 hours (batch 1)',
      '1 job expires in less than 2 hours (batch 1)',
    ]);
  });

  test('warns once of jobs that do not begin', async () => {
    const pending = ok(jobSnapshot('batches/a', 'pending'));
    const context = createSampleContext(
      { getJob: inTurn(pending, pending, ENDED) },
      { 1: pendingFor(23.99) },
    );
    await collectUntilDone(context, [1], optionsFor('never-made'), NOTHING_TO_SUBMIT);
    expect(warningsIn(context).filter((text) => text.includes('pending for 24 hours or more'))).toHaveLength(
      1,
    );
  });

  test('speaks of the chosen batches only', async () => {
    const context = createSampleContext(
      { getJob: inTurn(ENDED) },
      { 1: submitted('batches/a'), 2: pendingFor(47) },
    );
    await collectUntilDone(context, [1], optionsFor('never-made'), NOTHING_TO_SUBMIT);
    expect(warningsIn(context)).toEqual([]);
  });

  test('goes by the service’s time where it is known', async () => {
    const now = (): Date => new Date(Date.parse(START) + 5 * HOUR_MS);
    const context = createSampleContext({ now, getJob: inTurn(RUNNING, ENDED) }, { 1: pendingFor(40) });
    await collectUntilDone(context, [1], optionsFor('never-made'), NOTHING_TO_SUBMIT);
    expect(warningsIn(context)).toEqual([expect.stringContaining('in less than 6 hours')]);
  });

  test('says nothing of results that it saves in time', async () => {
    const folder = await temporaryFolder();
    const record = { ...succeeded('batches/j1'), endedAt: ago(47.9) };
    const context = createSampleContext(
      { downloadResult: saving('{"key":"a","response":{}}\n') },
      { 1: record },
    );
    const collected = await collectUntilDone(context, [1], optionsFor(folder), NOTHING_TO_SUBMIT);
    expect(collected).toMatchObject({ downloaded: [1], downloadFailed: [], stoppedBy: undefined });
    expect(warningsIn(context)).toEqual([]);
  });

  test('asks more and more often for results that are near their end, but not after it', async () => {
    const record = { ...succeeded('batches/j1'), endedAt: ago(48 - 4 / 60) };
    const answers = Array.from({ length: 60 }, () => RUNNING);
    const context = createSampleContext(
      { getJob: inTurn(...answers, ENDED), downloadResult: () => Promise.resolve(failed('unavailable')) },
      { 1: record, 2: { ...submitted('batches/a'), job: { name: 'batches/a' } } },
    );
    await collectUntilDone(context, [1, 2], optionsFor(await temporaryFolder()), NOTHING_TO_SUBMIT);
    const { slept } = context.clock;
    expect(slept.slice(0, 3)).toEqual([60_000, 45_000, 33_750]);
    expect(Math.min(...slept)).toBe(1000);
    expect(slept.at(-1)).toBe(60_000);
  });

  test('never polls more slowly than it was told to', async () => {
    const record = { ...succeeded('batches/j1'), endedAt: ago(47.99) };
    const context = createSampleContext(
      {
        getJob: inTurn(RUNNING, RUNNING, ENDED),
        downloadResult: () => Promise.resolve(failed('unavailable')),
      },
      { 1: record, 2: submitted('batches/a') },
    );
    const options = optionsFor(await temporaryFolder(), { pollMs: 50 });
    await collectUntilDone(context, [1, 2], options, NOTHING_TO_SUBMIT);
    expect(context.clock.slept).toEqual([50, 50]);
  });

  test('tells what the jobs say before the results are fetched', async () => {
    const seen: string[] = [];
    const context = createSampleContext(
      {
        getJob: inTurn(ok(jobSnapshot('batches/a', 'succeeded'))),
        downloadResult: () => {
          seen.push('download');
          return Promise.resolve(failed('refused'));
        },
      },
      { 1: submitted('batches/a') },
    );
    const onRefreshed = (): void => void seen.push(context.store.recordOf(1).status);
    const options = optionsFor(await temporaryFolder(), { onRefreshed });
    const collected = await collectUntilDone(context, [1], options, NOTHING_TO_SUBMIT);
    expect(seen).toEqual(['succeeded', 'download']);
    expect(collected).toMatchObject({ downloaded: [], downloadFailed: [{ batch: 1, kind: 'refused' }] });
  });
});

/** Sends these results for every job. */
function saving(text: string): BatchService['downloadResult'] {
  return async (_job, _results, toPath) => {
    await writeFile(toPath, text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    return ok({ sizeBytes: Buffer.byteLength(text), sha256 });
  };
}
