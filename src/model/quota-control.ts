import { admitNext, type Waiting } from './admission.ts';
import {
  afterRefusal,
  isLimited,
  isWithin,
  lowest,
  raisedBy,
  type Ceiling,
  type LearntQuota,
  type Load,
} from './quota-ledger.ts';

/** A wait after a 429. Moments are ms on a clock that nobody sets. */
export interface Hold {
  readonly until: number;
  /** True when nothing passes before; else what takes the place of a job that ended still does. */
  readonly isHard: boolean;
  /** What the refused create held, until a look at the jobs tells why it was refused. */
  readonly unexplained: number | undefined;
}

/** What decides whether a create may be sent. Every change makes a new one. */
export interface QuotaControl {
  readonly learnt: LearntQuota;
  readonly hold: Hold;
  /** Creates that may be tried above what was learnt between two looks, or be under way after a hard hold. */
  readonly allowed: number;
  /** Refusals without a sign, between them, that more fits than was learnt. */
  readonly refusals: number;
  /** When the service was last asked which jobs have ended. */
  readonly lookedAt: number;
  /** Creates sent above what was learnt since then. */
  readonly beyond: number;
}

/** What there is at one moment. */
export interface Standing {
  readonly now: number;
  /** Jobs of ours, and creates that are under way. */
  readonly own: Load;
  /** Jobs of others in the same project. */
  readonly others: number;
  readonly known: Ceiling;
  readonly inFlight: number;
}

/** A create that may be sent now. */
export interface Choice {
  readonly index: number;
  /** It is more than was learnt to fit. */
  readonly isBeyond: boolean;
}

const OPEN: Hold = { until: Number.NEGATIVE_INFINITY, isHard: false, unexplained: undefined };
/** With jobs under way their ends are the news; trying beyond what was learnt gets rarer. */
const LONGEST_WAIT_MS = 4 * 3_600_000;
/** A wait that would end hardly later than the one that runs is the same wait. */
const SAME_WAIT_MS = 1000;

/** @param waitMs until what an earlier run learnt is doubted */
export function openControl(learnt: LearntQuota, now: number, waitMs: number): QuotaControl {
  const fresh = { learnt, refusals: 0, lookedAt: Number.NEGATIVE_INFINITY, beyond: 0 };
  return isLimited(learnt.ceiling)
    ? { ...fresh, hold: { ...OPEN, until: now + waitMs }, allowed: 1 }
    : { ...fresh, hold: OPEN, allowed: Number.POSITIVE_INFINITY };
}

export function isHeld({ hold }: QuotaControl, now: number): boolean {
  return hold.isHard && now < hold.until;
}

export function chooseCreate(
  control: QuotaControl,
  queue: readonly Waiting[],
  { now, own, others, known, inFlight }: Standing,
): Choice | undefined {
  if (queue.length === 0 || isHeld(control, now)) return undefined;
  const { hold, learnt, allowed, beyond, lookedAt } = control;
  const isOver = now >= hold.until;
  // Without a limit that was learnt everything is within it.
  const isCareful = inFlight >= allowed;
  const isUnclear = hold.unexplained !== undefined && !hold.isHard;
  if (own.jobs === 0 || isUnclear) {
    // With nothing of ours under way no end can be waited for, and without a look nothing is known of any.
    const mayTry = !isCareful && (own.jobs === 0 || isOver);
    return mayTry ? { index: 0, isBeyond: false } : undefined;
  }
  const load = { ...own, jobs: own.jobs + others };
  if (!hold.isHard || !isCareful) {
    const fitting = admitNext(queue, load, lowest(known, learnt.ceiling));
    if (fitting !== undefined) return { index: fitting, isBeyond: false };
  }
  // What ended and was not noticed would make room look like a limit that is higher.
  if (!isOver || lookedAt < hold.until || beyond >= allowed || isCareful) return undefined;
  const index = admitNext(queue, load, known);
  return index === undefined ? undefined : { index, isBeyond: true };
}

export function onSent(control: QuotaControl, { isBeyond }: Choice): QuotaControl {
  return isBeyond ? { ...control, beyond: control.beyond + 1 } : control;
}

/** @param load of our accepted jobs, this one among them */
export function onAccepted(control: QuotaControl, load: Load, now: number): QuotaControl {
  const { hold } = control;
  if (!hold.isHard) return control;
  if (now >= hold.until) return { ...control, allowed: control.allowed * 2, refusals: 0 };
  // The quota was taken up by creates of ours that had left before: when their jobs end there is room.
  const isOurDoing = load.jobs > 0 && hold.unexplained !== undefined;
  return isOurDoing ? { ...control, hold: { ...hold, isHard: false } } : control;
}

/**
 * Takes in what the service says is under way, asked just now.
 * @param load of our accepted jobs
 */
export function onLooked(control: QuotaControl, load: Load, now: number): QuotaControl {
  const { hold, learnt } = control;
  const looked = { ...control, lookedAt: now, beyond: 0 };
  if (hold.unexplained === undefined || hold.isHard) {
    const isNews = isLimited(learnt.ceiling) && !isWithin(load, learnt.ceiling);
    const raised = { ...looked, learnt: raisedBy(learnt, load) };
    return isNews ? { ...raised, allowed: control.allowed * 2, refusals: 0 } : raised;
  }
  const { learnt: next, lesson } = afterRefusal(learnt, load, hold.unexplained);
  const explained = { ...hold, unexplained: undefined };
  // All jobs have ended meanwhile, so nothing is in the way any more; but one goes first.
  if (lesson === 'nothing') return { ...looked, hold: { ...explained, isHard: true, until: now } };
  return { ...looked, learnt: next, hold: { ...explained, isHard: lesson === 'less' } };
}

export interface Refusal {
  /** Of our accepted jobs, as far as they are known to run. */
  readonly load: Load;
  /** Of the refused create. */
  readonly tokens: number;
  readonly now: number;
  /** The configured pause, or a longer one that the service asked for. */
  readonly waitMs: number;
  /** True when the service named a time: then it speaks of a rate, and not of what is under way. */
  readonly isRate: boolean;
}

/** @returns the wait that begins now, if one does: several creates that were under way together share one */
export function onRefused(
  control: QuotaControl,
  { load, tokens, now, waitMs, isRate }: Refusal,
): { readonly control: QuotaControl; readonly waitMs: number | undefined; readonly isNew: boolean } {
  const { hold, refusals } = control;
  const isNew = hold.until <= now;
  const isAboutLoad = !isRate && load.jobs > 0;
  const unexplained = isRate ? hold.unexplained : tokens;
  const longer = Math.max(waitMs, Math.min(LONGEST_WAIT_MS, waitMs * 2 ** refusals));
  const wait = isAboutLoad && isNew ? longer : waitMs;
  const isSame = !isNew && now + wait <= hold.until + SAME_WAIT_MS;
  const next = {
    ...control,
    allowed: 1,
    refusals: refusals + (isNew && isAboutLoad ? 1 : 0),
    // A wait that nothing may end before is not softened by one that was refused beside it.
    hold: {
      until: isSame ? hold.until : now + wait,
      isHard: isSame ? hold.isHard : !isAboutLoad,
      unexplained: isSame && hold.isHard ? (hold.unexplained ?? unexplained) : unexplained,
    },
  };
  return { control: next, waitMs: isSame ? undefined : wait, isNew };
}
