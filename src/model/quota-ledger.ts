/**
 * What jobs take up: how many there are, and the tokens of their requests. Tokens are those of our own
 * estimate, a quarter of the text, throughout: what refusals teach is learnt in the same measure.
 */
export interface Load {
  readonly jobs: number;
  readonly tokens: number;
}

/** The most that may be under way at once; `Infinity` where nothing limits it. */
export type Ceiling = Load;

export const NO_LOAD: Load = { jobs: 0, tokens: 0 };
export const NO_CEILING: Ceiling = { jobs: Number.POSITIVE_INFINITY, tokens: Number.POSITIVE_INFINITY };

/** What a 429 without a reason taught about the quota, and what was once accepted. */
export interface LearntQuota {
  readonly ceiling: Ceiling;
  /** The most that was under way at once, in jobs and in tokens, since the service last took less than before. */
  readonly held: Load;
}

export const NOTHING_LEARNT: LearntQuota = { ceiling: NO_CEILING, held: NO_LOAD };

/**
 * What a refused create says, beside what is under way.
 *
 * | lesson | because |
 * |---|---|
 * | `nothing` | no job of ours was under way: the limit is somebody else's doing, or a rate |
 * | `limit` | more was under way, or asked for, than ever before: the limit is here |
 * | `less` | as much was accepted before: the service takes less than it did |
 */
export type Lesson = 'nothing' | 'limit' | 'less';

export function plus(load: Load, tokens: number): Load {
  return { jobs: load.jobs + 1, tokens: load.tokens + tokens };
}

export function isWithin(load: Load, ceiling: Ceiling): boolean {
  return load.jobs <= ceiling.jobs && load.tokens <= ceiling.tokens;
}

export function isLimited({ jobs, tokens }: Ceiling): boolean {
  return Number.isFinite(jobs) || Number.isFinite(tokens);
}

/** The lower of two, in each measure. */
export function lowest(a: Ceiling, b: Ceiling): Ceiling {
  return { jobs: Math.min(a.jobs, b.jobs), tokens: Math.min(a.tokens, b.tokens) };
}

/** @param load that was seen under way at once, by a look at the jobs */
export function raisedBy({ ceiling, held }: LearntQuota, load: Load): LearntQuota {
  return { ceiling: isWithin(load, ceiling) ? ceiling : highest(ceiling, load), held: highest(held, load) };
}

/**
 * The answer does not say which limit was met, so it is concluded: tokens, unless as many were accepted
 * before and only the number of jobs is new. Where neither is new, the service takes less than it did,
 * and the ceiling is halved; creates that are tried above it raise it again.
 * @param load that a look at the jobs showed, without the refused one
 */
export function afterRefusal(
  { ceiling, held }: LearntQuota,
  load: Load,
  tokens: number,
): { readonly learnt: LearntQuota; readonly lesson: Lesson } {
  if (load.jobs === 0) return { learnt: { ceiling, held }, lesson: 'nothing' };
  const wanted = plus(load, tokens);
  if (wanted.tokens > held.tokens) {
    return {
      learnt: { ceiling: { ...ceiling, tokens: load.tokens }, held: highest(held, load) },
      lesson: 'limit',
    };
  }
  if (wanted.jobs > held.jobs) {
    return {
      learnt: { ceiling: { ...ceiling, jobs: load.jobs }, held: highest(held, load) },
      lesson: 'limit',
    };
  }
  return { learnt: { ceiling: { ...ceiling, tokens: load.tokens / 2 }, held: load }, lesson: 'less' };
}

function highest(a: Load, b: Load): Load {
  return { jobs: Math.max(a.jobs, b.jobs), tokens: Math.max(a.tokens, b.tokens) };
}
