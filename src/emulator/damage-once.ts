import { fingerprint } from './input-scan.ts';
import type { Job } from './job.ts';
import { isFinished, type JobPhase } from './job-lifecycle.ts';
import { finishedCount } from './job-stats.ts';

/** Remembers which requests were answered before. */
export interface DamageOnce {
  /** Settles, in order of their end, all jobs that have ended. */
  settle(ended: readonly { readonly job: Job; readonly phase: JobPhase }[]): void;
}

/**
 * A request is answered with damage by the first job that answers it, and by no other. The jobs are settled
 * by the time of their end, not by who asks first, so that the same run meets the same damage.
 */
export function createDamageOnce(): DamageOnce {
  const answered = new Set<string>();
  const settled = new Set<Job>();
  return {
    settle(ended) {
      const waiting = ended
        .filter(({ job, phase }) => !settled.has(job) && hasOutput(phase))
        .sort((left, right) => left.phase.since - right.phase.since || left.job.number - right.job.number);
      for (const { job, phase } of waiting) {
        settled.add(job);
        const prints = fingerprintsOf(job);
        job.spared = new Set(prints.flatMap((print, index) => (answered.has(print) ? [index] : [])));
        for (const print of prints.slice(0, finishedCount(job, phase))) answered.add(print);
      }
    },
  };
}

function fingerprintsOf(job: Job): readonly string[] {
  return job.input.from === 'file' ? job.input.file.scan.fingerprints : job.input.items.map(fingerprint);
}

function hasOutput(phase: JobPhase): boolean {
  return isFinished(phase) && 'hasOutput' in phase && phase.hasOutput;
}
