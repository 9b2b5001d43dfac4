import { isEnded, type JobSnapshot } from '../../model/job.ts';
import { formatDuration } from '../../model/units.ts';
import type { Probe } from '../probe.ts';
import { Unanswered } from '../question.ts';
import { describeAnswer } from './describe-answer.ts';
import { getJob, jobIn, listAll } from './jobs.ts';

/** How long a new job is looked for in the list: as long as the tool itself would by default. */
export const LISTED_WITHIN_MS = 600_000;

const SHORTEST_PAUSE_MS = 200;
/** A quarter of the time gone by: no lag is overstated by more than that. */
const PAUSE_SHARE = 4;
const LONGEST_POLL_MS = 30_000;
const FIRST_POLL_MS = 2000;

export interface Listed {
  /** From now until the answer that showed the last of them. */
  readonly ms: number;
  /** All of them were in the first answer. */
  readonly isAtOnce: boolean;
}

/** Looks until all jobs are in the list; undefined when the time is over. */
export async function untilListed(
  { wire, clock, signal }: Probe,
  label: string,
  names: readonly string[],
): Promise<Listed | undefined> {
  const startedMs = clock.monotonicMs();
  for (let looks = 1; ; looks += 1) {
    const listed = new Set((await listAll(wire, label)).map(({ name }) => name));
    const ms = Math.ceil(clock.monotonicMs() - startedMs);
    if (names.every((name) => listed.has(name))) return { ms, isAtOnce: looks === 1 };
    if (ms >= LISTED_WITHIN_MS) return undefined;
    await clock.sleep(Math.max(SHORTEST_PAUSE_MS, Math.floor(ms / PAUSE_SHARE)), signal);
  }
}

/** Follows a job to its end, or throws `Unanswered` when the time of the probe is over. */
export async function untilEnded(probe: Probe, label: string, name: string): Promise<JobSnapshot> {
  const { wire, clock, signal, jobsMustEndByMs, options } = probe;
  for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(LONGEST_POLL_MS, pauseMs * 2)) {
    const answer = await getJob(wire, { label }, name);
    const job = jobIn(answer);
    if (job === undefined) throw new Unanswered(`the job cannot be looked up (${describeAnswer(answer)})`);
    if (isEnded(job.state)) return job;
    const leftMs = jobsMustEndByMs - clock.monotonicMs();
    if (leftMs <= 0) {
      const limit = formatDuration(options.waitMs);
      throw new Unanswered(`the job was still ${job.state} at the end of the ${limit} given by --wait`);
    }
    await clock.sleep(Math.min(pauseMs, leftMs), signal);
  }
}
