import type { QuotaInUse } from './run-event.ts';

/**
 * Where it goes how far a run is, beside the events: told far too often for a log, kept by nobody, and only
 * for a person who looks on. Called in the middle of uploads, so it must return at once and never throw.
 */
export interface ProgressSink {
  /** The file of `batch`, of `totalBytes`, will be sent in this run. */
  planned(batch: number, totalBytes: number): void;
  /** Its upload begins, of a copy that may have another size. */
  started(batch: number, totalBytes: number): void;
  /**
   * So many of its bytes are with the service. The first report, and one that is lower than the last, says
   * from where on bytes are sent.
   */
  sent(batch: number, sentBytes: number): void;
  /** The service has all of it. */
  uploaded(batch: number): void;
  /** Nothing more will be sent of it, whether or not anything was. */
  ended(batch: number): void;
  /** What creates wait for the end of; `undefined` when they do not. */
  waitsForJobs(inUse: QuotaInUse | undefined): void;
}
