import { createDamageOnce } from './damage-once.ts';
import type { StoredFile } from './file-store.ts';
import type { Job } from './job.ts';
import { isFinished, type JobPhase, type LifecycleRules, phaseAt } from './job-lifecycle.ts';

export interface JobStore {
  add(job: Job): void;
  /** A job that exists at `now`: committed and not deleted. */
  find(id: string, now: number): Job | undefined;
  /** A job by id even when it was deleted: its results stay (inferred). */
  findForDownload(id: string, now: number): Job | undefined;
  /** Committed, not deleted jobs, newest first. */
  list(now: number): readonly Job[];
  phase(job: Job, now: number): JobPhase;
  /** What unfinished jobs of a model take up of the quotas. */
  load(model: string, now: number): { readonly jobs: number; readonly tokens: number };
  /** Tells unfinished jobs that their input is gone. */
  loseInput(file: StoredFile, now: number): void;
  /** Every job ever accepted, oldest first. */
  history(): readonly Job[];
}

type StoreRules = LifecycleRules & { readonly damageOnce: boolean };

export function createJobStore(rules: StoreRules): JobStore {
  const accepted: Job[] = [];
  const once = createDamageOnce();
  const byId = new Map<string, Job>();
  const isLive = (job: Job, now: number): boolean => job.createdAt <= now && job.deletedAt === undefined;
  const isUnfinished = (job: Job, now: number): boolean =>
    job.deletedAt === undefined && !isFinished(phaseAt(job, now, rules));

  return {
    add(job) {
      accepted.push(job);
      byId.set(job.id, job);
    },
    find(id, now) {
      const job = byId.get(id);
      return job !== undefined && isLive(job, now) ? job : undefined;
    },
    findForDownload(id, now) {
      const job = byId.get(id);
      return job !== undefined && job.createdAt <= now ? job : undefined;
    },
    list: (now) =>
      accepted
        .filter((job) => isLive(job, now))
        .sort((left, right) => right.createdAt - left.createdAt || right.number - left.number),
    phase(job, now) {
      // Whoever looks at results or their counts asks for the phase first.
      if (rules.damageOnce)
        once.settle(accepted.map((each) => ({ job: each, phase: phaseAt(each, now, rules) })));
      return phaseAt(job, now, rules);
    },
    load(model, now) {
      const unfinished = accepted.filter((job) => job.model === model && isUnfinished(job, now));
      return { jobs: unfinished.length, tokens: unfinished.reduce((total, job) => total + job.tokens, 0) };
    },
    loseInput(file, now) {
      for (const job of accepted) {
        if (job.input.from === 'file' && job.input.file === file) job.inputLostAt ??= now;
      }
    },
    history: () => accepted,
  };
}
