import { admitNext, type Waiting } from './admission.ts';
import {
  afterAccept,
  afterRefusal,
  isLimited,
  isWithin,
  lowest,
  type Ceiling,
  type LearntQuota,
  type Lesson,
  type Load,
} from './quota-ledger.ts';

/** A wait after a 429. Moments are ms on a clock that nobody sets. */
export interface Hold {
  readonly until: number;
  /** True when nothing passes before; else what takes the place of a job that ended still does. */
  readonly isHard: boolean;
  /** `rate` when the service named the time itself: then it speaks of a rate, and not of what is under way. */
  readonly lesson: Lesson | 'rate' | undefined;
}

/** What decides whether a create may be sent. Every change makes a new one. */
export interface QuotaControl {
  readonly learnt: LearntQuota;
  readonly hold: Hold;
  /** Creates that may be under way at once above what was learnt, or after a hard hold. */
  readonly allowed: number;
  /** Refusals without an accepted create above what was learnt between them. */
  readonly refusals: number;
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

const OPEN: Hold = { until: Number.NEGATIVE_INFINITY, isHard: false, lesson: undefined };
/** With jobs under way their ends are the news; trying beyond what was learnt gets rarer. */
const LONGEST_WAIT_MS = 4 * 3_600_000;
/** A wait that would end hardly later than the one that runs is the same wait. */
const SAME_WAIT_MS = 1000;

/** @param waitMs until what an earlier run learnt is doubted */
export function openControl(learnt: LearntQuota, now: number, waitMs: number): QuotaControl {
  return isLimited(learnt.ceiling)
    ? { learnt, hold: { ...OPEN, until: now + waitMs, lesson: 'limit' }, allowed: 1, refusals: 0 }
    : { learnt, hold: OPEN, allowed: Number.POSITIVE_INFINITY, refusals: 0 };
}

export function isHeld({ hold }: QuotaControl, now: number): boolean {
  return hold.isHard && now < hold.until;
}

/** @returns the index of the create that may be sent now */
export function chooseCreate(
  control: QuotaControl,
  queue: readonly Waiting[],
  { now, own, others, known, inFlight }: Standing,
): number | undefined {
  if (queue.length === 0 || isHeld(control, now)) return undefined;
  const { hold, learnt, allowed } = control;
  const isCareful = inFlight >= allowed;
  // With nothing of ours under way no end can be waited for, whatever the limits say.
  if (own.jobs === 0) return isCareful ? undefined : 0;
  const load = { ...own, jobs: own.jobs + others };
  if (!hold.isHard || !isCareful) {
    const fitting = admitNext(queue, load, lowest(known, learnt.ceiling));
    if (fitting !== undefined) return fitting;
  }
  return isCareful || now < hold.until ? undefined : admitNext(queue, load, known);
}

/** @param load of our accepted jobs, this one among them */
export function onAccepted(control: QuotaControl, load: Load, now: number): QuotaControl {
  const { hold, learnt } = control;
  const isTooSoon = now < hold.until;
  if (isTooSoon && hold.lesson === 'nothing' && load.jobs > 0) {
    // The quota was taken up by creates of ours that had left before: when their jobs end there is room.
    const ceiling = { ...learnt.ceiling, tokens: load.tokens };
    const soft = { ...hold, isHard: false, lesson: 'limit' as const };
    return { ...control, learnt: { ceiling, held: load }, hold: soft };
  }
  const next = { ...control, learnt: afterAccept(learnt, load) };
  // A create that was under way when the quota ran out says nothing about the quota now.
  const isNews = !isTooSoon && (hold.isHard || !isWithin(load, learnt.ceiling));
  return isNews ? { ...next, allowed: control.allowed * 2, refusals: 0 } : next;
}

export interface Refusal {
  /** Of our accepted jobs. */
  readonly load: Load;
  /** Of the refused create. */
  readonly tokens: number;
  readonly now: number;
  /** The configured pause, or a longer one that the service asked for. */
  readonly waitMs: number;
  /** True when the service named a time. */
  readonly isRate: boolean;
}

/** @returns the wait that begins now, if one does: several creates that were under way together share one */
export function onRefused(
  control: QuotaControl,
  { load, tokens, now, waitMs, isRate }: Refusal,
): { readonly control: QuotaControl; readonly waitMs: number | undefined; readonly isNew: boolean } {
  const isOver = control.hold.until <= now;
  const { learnt, lesson } = isRate
    ? { learnt: control.learnt, lesson: 'rate' as const }
    : afterRefusal(control.learnt, load, tokens);
  const isAboutLoad = lesson === 'limit' || lesson === 'less';
  const isHard = lesson !== 'limit';
  // Refused although it took the place of one that ended: nobody is to try that again and again.
  const isNew = isOver || (isHard && !control.hold.isHard);
  const next = {
    ...control,
    learnt: isNew || lesson === 'limit' ? learnt : control.learnt,
    allowed: 1,
    refusals: control.refusals + (isNew && isAboutLoad ? 1 : 0),
  };
  const longer = Math.max(waitMs, Math.min(LONGEST_WAIT_MS, waitMs * 2 ** control.refusals));
  const wait = isAboutLoad && isNew ? longer : waitMs;
  if (!isNew && now + wait <= control.hold.until + SAME_WAIT_MS)
    return { control: next, waitMs: undefined, isNew };
  const hold = { until: now + wait, isHard, lesson };
  return { control: { ...next, hold }, waitMs: wait, isNew };
}
