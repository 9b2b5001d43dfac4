import { describe, expect, test } from 'vitest';
import { createUploadMeter, type UploadMeter } from '../../src/cli/output/upload-meter.ts';
import { createHandClock, type HandClock } from './hand-clock.ts';

const MB = 1_000_000;

function openMeter(): UploadMeter['sink'] & Pick<UploadMeter, 'progress'> & { readonly clock: HandClock } {
  const clock = createHandClock();
  const meter = createUploadMeter(clock);
  return { ...meter.sink, progress: () => meter.progress(), clock };
}

/** A file that is sent from `from` on, `mbPerSecond` for so many seconds. */
function send(
  meter: ReturnType<typeof openMeter>,
  batch: number,
  { from = 0, mbPerSecond, seconds }: { from?: number; mbPerSecond: number; seconds: number },
): void {
  meter.sent(batch, from);
  for (let second = 1; second <= seconds; second += 1) {
    meter.clock.pass(1000);
    meter.sent(batch, from + second * mbPerSecond * MB);
  }
}

describe('createUploadMeter()', () => {
  test('tells of a file and of all that is planned: bytes, rate, and time left', () => {
    const meter = openMeter();
    meter.planned(1, 100 * MB);
    meter.planned(2, 300 * MB);
    meter.started(1, 100 * MB);
    send(meter, 1, { mbPerSecond: 10, seconds: 4 });
    expect(meter.progress()).toEqual({
      sentBytes: 40 * MB,
      totalBytes: 400 * MB,
      bytesPerSecond: 10 * MB,
      leftMs: 36_000,
      files: new Map([
        [1, { sentBytes: 40 * MB, totalBytes: 100 * MB, bytesPerSecond: 10 * MB, leftMs: 6000 }],
      ]),
    });
  });

  test('tells nothing of what takes less than a second', () => {
    const meter = openMeter();
    meter.planned(1, MB);
    meter.planned(2, MB);
    meter.started(1, MB);
    meter.clock.pass(999);
    expect(meter.progress()).toBeUndefined();
    meter.uploaded(1);
    meter.clock.pass(5000);
    expect(meter.progress()).toBeUndefined();
  });

  test('tells the total of many small files, and none of them', () => {
    const meter = openMeter();
    for (let batch = 1; batch <= 20; batch += 1) meter.planned(batch, MB);
    for (let batch = 1; batch <= 10; batch += 1) {
      meter.started(batch, MB);
      meter.sent(batch, 0);
      meter.clock.pass(200);
      meter.sent(batch, MB);
      meter.uploaded(batch);
      meter.clock.pass(50);
    }
    // Half a second of pauses does not count: 10 MB in 2 s.
    expect(meter.progress()).toEqual({
      sentBytes: 10 * MB,
      totalBytes: 20 * MB,
      bytesPerSecond: 5 * MB,
      leftMs: 2000,
      files: new Map(),
    });
    meter.clock.pass(1000);
    expect(meter.progress(), 'nothing is under way any more').toBeUndefined();
  });

  test('knows no rate, and no time left, until bytes have been sent for a second', () => {
    const meter = openMeter();
    meter.started(1, 100 * MB);
    meter.clock.pass(5000);
    const unsent = { sentBytes: 0, totalBytes: 100 * MB, bytesPerSecond: undefined, leftMs: undefined };
    expect(meter.progress()).toEqual({ ...unsent, files: new Map([[1, unsent]]) });
    meter.sent(1, 0);
    meter.clock.pass(999);
    meter.sent(1, 20 * MB);
    expect(meter.progress()).toMatchObject({ sentBytes: 20 * MB, bytesPerSecond: undefined });
    meter.clock.pass(1);
    expect(meter.progress()).toMatchObject({ bytesPerSecond: 20 * MB, leftMs: 4000 });
  });

  test('has no line for a file that has only just begun', () => {
    const meter = openMeter();
    meter.started(1, 100 * MB);
    meter.clock.pass(700);
    meter.started(2, 100 * MB);
    meter.clock.pass(300);
    expect(meter.progress()).toMatchObject({ totalBytes: 200 * MB });
    expect([...(meter.progress()?.files.keys() ?? [])]).toEqual([1]);
    meter.clock.pass(700);
    expect([...(meter.progress()?.files.keys() ?? [])]).toEqual([1, 2]);
  });

  test('tells no time left for an upload that stalls', () => {
    const meter = openMeter();
    meter.started(1, 100 * MB);
    send(meter, 1, { mbPerSecond: 10, seconds: 4 });
    meter.clock.pass(20_000);
    const stalled = { sentBytes: 40 * MB, totalBytes: 100 * MB, bytesPerSecond: 0, leftMs: undefined };
    expect(meter.progress()).toEqual({ ...stalled, files: new Map([[1, stalled]]) });
  });

  test('a resumed upload begins where the service stands, and its rate counts what is sent now', () => {
    const meter = openMeter();
    meter.planned(1, 1000 * MB);
    meter.started(1, 1000 * MB);
    send(meter, 1, { from: 600 * MB, mbPerSecond: 20, seconds: 5 });
    const resumed = { sentBytes: 700 * MB, totalBytes: 1000 * MB, bytesPerSecond: 20 * MB, leftMs: 15_000 };
    expect(meter.progress()).toEqual({ ...resumed, files: new Map([[1, resumed]]) });
  });

  test('goes back with an upload that broke, and counts again what is sent again', () => {
    const meter = openMeter();
    meter.started(1, 100 * MB);
    send(meter, 1, { mbPerSecond: 10, seconds: 2 });
    send(meter, 1, { from: 15 * MB, mbPerSecond: 10, seconds: 2 });
    expect(meter.progress()).toMatchObject({ sentBytes: 35 * MB, bytesPerSecond: 10 * MB, leftMs: 6500 });
  });

  test('counts a finished file whole, and has no line for it', () => {
    const meter = openMeter();
    for (const batch of [1, 2]) meter.planned(batch, 50 * MB);
    meter.started(1, 50 * MB);
    send(meter, 1, { mbPerSecond: 25, seconds: 2 });
    meter.started(2, 50 * MB);
    meter.uploaded(1);
    meter.ended(1);
    meter.clock.pass(1000);
    expect(meter.progress()).toMatchObject({ sentBytes: 50 * MB, totalBytes: 100 * MB });
    expect([...(meter.progress()?.files.keys() ?? [])]).toEqual([2]);
    send(meter, 2, { mbPerSecond: 25, seconds: 2 });
    expect(meter.progress()).toMatchObject({
      sentBytes: 100 * MB,
      bytesPerSecond: 20 * MB,
      leftMs: undefined,
    });
    meter.uploaded(2);
    expect(meter.progress(), 'nothing is left').toBeUndefined();
  });

  test('a file that fails is no longer part of the total, whether or not it had begun', () => {
    const meter = openMeter();
    for (const batch of [1, 2, 3]) meter.planned(batch, 50 * MB);
    meter.started(1, 50 * MB);
    meter.started(2, 50 * MB);
    meter.sent(1, 0);
    send(meter, 2, { mbPerSecond: 10, seconds: 2 });
    meter.ended(2);
    meter.ended(3);
    expect(meter.progress()).toMatchObject({ sentBytes: 0, totalBytes: 50 * MB });
  });

  test('takes the size of the copy that is sent, and a batch that nobody planned', () => {
    const meter = openMeter();
    meter.planned(1, 50 * MB);
    meter.started(1, 51 * MB);
    meter.started(7, 9 * MB);
    meter.clock.pass(1000);
    expect(meter.progress()).toMatchObject({ totalBytes: 60 * MB });
  });

  test('a pause between uploads does not make them slow', () => {
    const meter = openMeter();
    for (const batch of [1, 2]) meter.planned(batch, 50 * MB);
    meter.started(1, 50 * MB);
    send(meter, 1, { mbPerSecond: 10, seconds: 5 });
    meter.uploaded(1);
    meter.clock.pass(600_000);
    meter.started(2, 50 * MB);
    send(meter, 2, { mbPerSecond: 10, seconds: 2 });
    expect(meter.progress()).toMatchObject({ bytesPerSecond: 10 * MB, leftMs: 3000 });
  });
});
