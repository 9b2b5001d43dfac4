import type { Clock } from '../../model/clock.ts';
import { NO_WAIT, type Progress, type ProgressSink, type Wait } from '../../model/progress.ts';
import type { RunEvent } from '../../model/run-event.ts';
import { createUploadMeter } from './upload-meter.ts';

export interface RunProgress {
  event(event: RunEvent): void;
  readonly sink: ProgressSink;
  /** As of now: counts and rates change without anybody telling. */
  read(): Progress;
}

/** Puts together what the events and the sink tell of a run. */
export function createRunProgress(clock: Clock): RunProgress {
  const meter = createUploadMeter(clock);
  let wait: Wait = NO_WAIT;
  let readBatches: Parameters<ProgressSink['batchesFrom']>[0] | undefined;
  let readCreates: Parameters<ProgressSink['createsFrom']>[0];

  return {
    sink: {
      ...meter.sink,
      batchesFrom(read) {
        readBatches = read;
      },
      createsFrom(read) {
        readCreates = read;
      },
      waitsForJobs(forJobs) {
        wait = { ...wait, forJobs };
      },
    },
    event(event) {
      if (event.event !== 'rate_limited') return;
      const { resumesAt, orWhenAJobEnds = false } = event;
      wait = { ...wait, heldUntil: Date.parse(resumesAt), orWhenAJobEnds };
    },
    read: () => ({
      batches: readBatches?.(),
      creates: readCreates?.(),
      wait,
      uploads: meter.progress(),
    }),
  };
}
