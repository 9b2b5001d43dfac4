import type { JobSnapshot } from '../model/job.ts';
import type { Clock } from '../model/clock.ts';
import type { Made } from './made.ts';
import type { Names } from './names.ts';
import type { ProbeOptions } from './question.ts';
import { createJob } from './steps/jobs.ts';
import { uploadInput } from './steps/upload.ts';
import type { Wire } from './wire.ts';

/** A file of ours as its upload was answered. */
export interface ProbeFile {
  /** `files/…` */
  readonly name: string;
  /** The File resource. */
  readonly resource: Readonly<Record<string, unknown>>;
  /** Hex digest of the bytes that were sent. */
  readonly sha256: string;
  /** The session it was sent in, which is over. */
  readonly sessionUrl: string;
}

/** What every question works with. */
export interface Probe {
  readonly wire: Wire;
  readonly baseUrl: URL;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly options: ProbeOptions;
  readonly names: Names;
  readonly made: Made;
  readonly hasSecondKey: boolean;
  /** Jobs that have not ended by then are not waited for any longer; on the monotonic clock. */
  readonly jobsMustEndByMs: number;
  /** A file of one request that several questions make jobs from. Uploaded at its first use. */
  readonly input: () => Promise<ProbeFile>;
  /** A job of two requests that several questions look at. Made at its first use; nobody disturbs it before it ends. */
  readonly job: () => Promise<JobSnapshot>;
}

export type ProbeParts = Pick<
  Probe,
  'wire' | 'baseUrl' | 'clock' | 'signal' | 'options' | 'names' | 'made' | 'hasSecondKey'
>;

export const SHARED_LINES = 2;

export function createProbe(parts: ProbeParts): Probe {
  const probe: Probe = {
    ...parts,
    jobsMustEndByMs: parts.clock.monotonicMs() + parts.options.waitMs,
    input: once(() => uploadInput(probe, { label: 'all-input', purpose: 'input' })),
    job: once(async () => {
      const file = await uploadInput(probe, { label: 'all-input', purpose: 'pair', lines: SHARED_LINES });
      return await createJob(probe, { label: 'all-job', purpose: 'job', fileName: file.name });
    }),
  };
  return probe;
}

/** A failure is remembered too: what was refused once is not sent again for the next question. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
