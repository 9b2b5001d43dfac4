import type { Clock } from '../../model/clock.ts';
import type { ProgressSink } from '../../model/progress.ts';
import type { RunEvent } from '../../model/run-event.ts';
import { createUploadMeter, type UploadProgress } from './upload-meter.ts';
import { type Wait, waitText } from './wait-text.ts';

/** How far a run is, in batches. */
export interface Progress {
  readonly total: number;
  readonly submitted: number;
  readonly failed: number;
  readonly downloaded: number;
  /** What creates wait for, for a person. */
  readonly wait: string | undefined;
  readonly uploads: UploadProgress | undefined;
}

export interface RunProgress {
  event(event: RunEvent): void;
  readonly sink: ProgressSink;
  /** As of now: rates and waits change without anybody telling. */
  read(): Progress;
}

/** Puts together what the events and the sink tell of a run. */
export function createRunProgress(clock: Clock): RunProgress {
  const counts = { total: 0, submitted: 0, failed: 0, downloaded: 0 };
  const meter = createUploadMeter(clock);
  let wait: Wait = { heldUntil: 0, orWhenAJobEnds: false, forJobs: undefined };

  return {
    sink: {
      ...meter.sink,
      waitsForJobs(forJobs) {
        wait = { ...wait, forJobs };
      },
    },
    event(event) {
      if (event.event === 'run_started') {
        const { total, submittedBefore, downloadedBefore } = event;
        Object.assign(counts, { total, submitted: submittedBefore, downloaded: downloadedBefore });
      }
      if (event.event === 'batch_created' || event.event === 'batch_adopted') counts.submitted += 1;
      if (event.event === 'error' && event.batch !== undefined) counts.failed += 1;
      if (event.event === 'result_saved') counts.downloaded += 1;
      if (event.event === 'rate_limited') {
        const { resumesAt, orWhenAJobEnds = false } = event;
        wait = { ...wait, heldUntil: Date.parse(resumesAt), orWhenAJobEnds };
      }
    },
    read: () => ({ ...counts, wait: waitText(wait, clock.now().getTime()), uploads: meter.progress() }),
  };
}
