import type { Clock } from '../../model/clock.ts';
import type { ProgressSink, TransferProgress, UploadProgress } from '../../model/progress.ts';
import { CALM_MS, createBusyTime } from './busy-time.ts';
import { createTransferRate, type TransferRate } from './transfer-rate.ts';

export interface UploadMeter {
  readonly sink: Omit<ProgressSink, 'batchesFrom' | 'createsFrom' | 'waitsForJobs'>;
  /** `undefined` unless something is being uploaded for a second or longer. */
  progress(): UploadProgress | undefined;
}

interface Upload {
  readonly totalBytes: number;
  readonly startedAt: number;
  /** Since bytes are sent: before that, where a resumed upload goes on is asked for, and its file read. */
  sending: { sentBytes: number; readonly rate: TransferRate } | undefined;
}

/** Adds up what the sink is told of uploads, by the clock that is passed in. */
export function createUploadMeter(clock: Clock): UploadMeter {
  const planned = new Map<number, number>();
  const underWay = new Map<number, Upload>();
  let doneBytes = 0;
  const busy = createBusyTime();
  let totalRate: TransferRate | undefined;

  function leave(batch: number): void {
    if (underWay.delete(batch) && underWay.size === 0) busy.pause(clock.monotonicMs());
  }

  return {
    sink: {
      planned(batch, totalBytes) {
        planned.set(batch, totalBytes);
      },
      started(batch, totalBytes) {
        const startedAt = clock.monotonicMs();
        planned.delete(batch);
        if (underWay.size === 0) busy.resume(startedAt);
        underWay.set(batch, { totalBytes, startedAt, sending: undefined });
      },
      sent(batch, sentBytes) {
        const upload = underWay.get(batch);
        if (upload === undefined) return;
        const now = clock.monotonicMs();
        totalRate ??= createTransferRate(busy.elapsed(now));
        upload.sending ??= { sentBytes, rate: createTransferRate(now) };
        const more = sentBytes - upload.sending.sentBytes;
        upload.sending.sentBytes = sentBytes;
        // What the service had already, or has lost, was not sent now.
        if (more <= 0) return;
        upload.sending.rate.add(more, now);
        totalRate.add(more, busy.elapsed(now));
      },
      uploaded(batch) {
        doneBytes += underWay.get(batch)?.totalBytes ?? 0;
        leave(batch);
      },
      ended(batch) {
        planned.delete(batch);
        leave(batch);
      },
    },
    progress() {
      const now = clock.monotonicMs();
      const isOver = underWay.size === 0 && planned.size === 0;
      if (isOver || !busy.isLasting(now)) return undefined;
      const uploads = [...underWay.values()];
      const sentBytes = doneBytes + sum(uploads.map(({ sending }) => sending?.sentBytes ?? 0));
      const totalBytes =
        doneBytes + sum([...planned.values()]) + sum(uploads.map((upload) => upload.totalBytes));
      const total = transfer(sentBytes, totalBytes, totalRate?.perSecond(busy.elapsed(now)));
      const lasting = [...underWay].filter(([, { startedAt }]) => now - startedAt >= CALM_MS);
      return { ...total, files: new Map(lasting.map(([batch, upload]) => [batch, fileAt(upload, now)])) };
    },
  };
}

function fileAt({ totalBytes, sending }: Upload, now: number): TransferProgress {
  return transfer(sending?.sentBytes ?? 0, totalBytes, sending?.rate.perSecond(now));
}

function transfer(
  sentBytes: number,
  totalBytes: number,
  bytesPerSecond: number | undefined,
): TransferProgress {
  const leftBytes = totalBytes - sentBytes;
  const isMoving = bytesPerSecond !== undefined && bytesPerSecond > 0;
  const leftMs = isMoving && leftBytes > 0 ? (leftBytes / bytesPerSecond) * 1000 : undefined;
  return { sentBytes, totalBytes, bytesPerSecond, leftMs };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
