import type { Waiting } from '../model/admission.ts';
import type { Clock } from '../model/clock.ts';
import type { ServiceFailure } from '../model/failure.ts';
import {
  chooseCreate,
  isHeld,
  onAccepted,
  onLooked,
  onRefused,
  onSent,
  openControl,
  type QuotaControl,
} from '../model/quota-control.ts';
import type { CreateProgress } from '../model/progress.ts';
import { quotaInUse } from '../model/quota-in-use.ts';
import { isLimited, lowest, type Ceiling, type LearntQuota, type Load } from '../model/quota-ledger.ts';
import { rateLimitWaitMs, rateLimitWaitSource, type RetryPolicy } from '../model/retry-policy.ts';
import type { EventSink, QuotaInUse } from '../model/run-event.ts';
import type { Result } from '../model/service.ts';
import { quotaWaitExceeded } from '../model/stop.ts';
import { createAlarm } from './alarm.ts';

/** What the gate is told of the quota. */
export interface GateQuota {
  /** What jobs of ours take up by now, without those of the creates that the gate has under way. */
  readonly load: (inFlight: ReadonlySet<number>) => Load;
  /** Unfinished jobs of the project that are not ours. */
  readonly others: () => number;
  /** What is known to be allowed: by flag, by tier or as documented. */
  readonly ceiling: () => Ceiling;
  /** What an earlier run learnt. */
  readonly learnt: LearntQuota;
  /** Called when a 429 taught something new. */
  readonly onLearnt: (learnt: LearntQuota) => void;
  /** Called when creates wait for jobs of ours to end, and again whenever they still do. */
  readonly onBlocked: () => void;
  /** Called when none waits for that, however often. */
  readonly onFree: () => void;
}

export interface CreateGateOptions {
  readonly clock: Clock;
  readonly policy: RetryPolicy;
  readonly emit: EventSink;
  /** Longest time without a single accepted create before the run gives up. */
  readonly maxWaitMs: number | undefined;
  /** Rest between two creates, in ms. */
  readonly pauseMs: number;
  readonly quota: GateQuota;
}

/** `tokens` are those of its requests, as estimated. */
export interface GatedCreate {
  readonly batch: number;
  readonly tokens: number;
}

/**
 * The one gate all creates pass, in the order in which they come. A create passes when it fits beside what is
 * under way: then the service has no reason to refuse it, and as soon as a job ends the next one goes.
 *
 * A 429 met by one holds all. Where jobs of ours are under way it teaches how much fits: what takes the place
 * of a job that ended still passes, and beyond that one is tried when the wait is over. Else nothing passes
 * before that. After a wait one create is tried, then two, four and so on, so that a quota that is still
 * exhausted is not asked by every worker at once (`model/quota-control.ts`).
 */
export interface CreateGate {
  /**
   * Sends one create when the gate lets it through.
   * @throws {BatchSubmitError} `E_QUOTA_WAIT` when the wait would exceed the longest one allowed
   */
  through<T>(create: GatedCreate, signal: AbortSignal, send: () => Promise<Result<T>>): Promise<Result<T>>;
  /** True while creates wait for jobs of ours to end. */
  isBlocked(): boolean;
  progress(): CreateProgress;
  /** Told when the service was asked, and the state shows, which jobs have ended. */
  looked(): void;
}

interface Waiter extends Waiting {
  readonly batch: number;
  /** Its place in the order of arrival; one that was refused comes back to it. */
  readonly place: number;
  readonly go: () => void;
  readonly giveUp: (error: unknown) => void;
}

export function createGate(options: CreateGateOptions): CreateGate {
  const { clock, policy, emit, maxWaitMs, pauseMs, quota } = options;
  const queue: Waiter[] = [];
  const inFlight = new Map<number, number>();
  /** As they were when they left, for those that come back. */
  const sent = new Map<number, Waiter>();
  let arrivals = 0;
  const alarm = createAlarm(clock, pump);
  let control = openControl(quota.learnt, clock.monotonicMs(), policy.rateLimitWaitMs);
  let restUntil = Number.NEGATIVE_INFINITY;
  let waits = 0;
  let hungrySince: number | undefined;
  let isWaitTold = false;

  /** Accepted jobs of ours. */
  function accepted(): Load {
    return quota.load(new Set(inFlight.keys()));
  }

  function loadNow(): Load {
    const { jobs, tokens } = accepted();
    const beside = [...inFlight.values()];
    return {
      jobs: jobs + beside.length,
      tokens: tokens + beside.reduce((total, one) => total + one, 0),
    };
  }

  function next(now: number): Waiter | undefined {
    if (queue.length === 0 || now < restUntil || (pauseMs > 0 && inFlight.size > 0)) return undefined;
    const standing = { now, own: loadNow(), others: quota.others(), known: quota.ceiling() };
    const choice = chooseCreate(control, queue, { ...standing, inFlight: inFlight.size });
    if (choice === undefined) return undefined;
    control = onSent(control, choice);
    return queue.splice(choice.index, 1)[0];
  }

  /** Sends what may go, and sees to it that somebody looks again at the right time. */
  function pump(): void {
    // One moment for both: a wait that ends in between would be neither over nor waited for.
    const now = clock.monotonicMs();
    giveUpHope();
    for (let waiter = next(now); waiter !== undefined; waiter = next(now)) {
      inFlight.set(waiter.batch, waiter.tokens);
      sent.set(waiter.batch, waiter);
      waiter.go();
    }
    if (queue.length > 0 && inFlight.size === 0) hungrySince ??= now;
    const giveUpAt = maxWaitMs === undefined ? undefined : (hungrySince ?? now) + maxWaitMs + 1;
    const moments = [control.hold.until, restUntil, giveUpAt].filter((at) => at !== undefined && at > now);
    alarm.set(queue.length === 0 || moments.length === 0 ? undefined : Math.min(...(moments as number[])));
    if (isBlocked()) {
      tellWait();
      quota.onBlocked();
    } else quota.onFree();
  }

  function giveUpHope(): void {
    if (maxWaitMs === undefined || hungrySince === undefined) return;
    const now = clock.monotonicMs();
    const until = isHeld(control, now) ? control.hold.until : now;
    if (until - hungrySince <= maxWaitMs) return;
    for (const { giveUp } of queue.splice(0)) giveUp(quotaWaitExceeded(maxWaitMs));
  }

  function isBlocked(): boolean {
    return (
      queue.length > 0 && inFlight.size === 0 && !isHeld(control, clock.monotonicMs()) && accepted().jobs > 0
    );
  }

  function tellWait(): void {
    const [first] = queue;
    // A 429 was told with what ends its wait.
    if (isWaitTold || first === undefined || clock.monotonicMs() < control.hold.until) return;
    isWaitTold = true;
    emit({ event: 'quota_wait', batch: first.batch, ...inUseNow() });
  }

  function inUseNow(): QuotaInUse {
    const { jobs, tokens } = loadNow();
    const ceiling = lowest(quota.ceiling(), control.learnt.ceiling);
    return quotaInUse({ jobs: jobs + quota.others(), tokens }, ceiling);
  }

  async function enter({ batch, tokens }: GatedCreate, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    let leave = (): void => undefined;
    const entered = new Promise<void>((go, giveUp) => {
      const { place, overtaken } = sent.get(batch) ?? { place: (arrivals += 1), overtaken: 0 };
      const waiter: Waiter = { batch, tokens, place, overtaken, go, giveUp };
      leave = () => {
        const index = queue.indexOf(waiter);
        if (index === -1) return;
        queue.splice(index, 1);
        if (queue.length === 0) alarm.set(undefined);
        giveUp(signal.reason);
      };
      const behind = queue.findIndex((other) => other.place > place);
      queue.splice(behind === -1 ? queue.length : behind, 0, waiter);
    });
    signal.addEventListener('abort', leave, { once: true });
    pump();
    await entered.finally(() => signal.removeEventListener('abort', leave));
  }

  function take(changed: QuotaControl): void {
    const before = control.learnt.ceiling;
    control = changed;
    const { ceiling } = control.learnt;
    const isNews = ceiling.jobs !== before.jobs || ceiling.tokens !== before.tokens;
    if (isNews && isLimited(ceiling)) quota.onLearnt(control.learnt);
  }

  function onOk(): void {
    const now = clock.monotonicMs();
    // A create that was under way when the quota ran out says nothing about the quota now.
    if (!isHeld(control, now)) hungrySince = undefined;
    if (queue.length === 0) isWaitTold = false;
    take(onAccepted(control, accepted(), now));
  }

  function onLimited(failure: ServiceFailure, { batch, tokens }: GatedCreate): void {
    const now = clock.monotonicMs();
    const wait = rateLimitWaitMs(failure, policy);
    const isRate = failure.retryAfterMs !== undefined;
    const refusal = onRefused(control, { load: accepted(), tokens, now, waitMs: wait, isRate });
    const { waitMs, isNew } = refusal;
    take(refusal.control);
    hungrySince ??= now;
    if (isNew) waits += 1;
    if (waitMs === undefined) return;
    isWaitTold = true;
    emit({
      event: 'rate_limited',
      batch,
      step: 'create',
      reason: failure.reason,
      message: failure.message,
      wait: waits,
      waitMs,
      resumesAt: new Date(clock.now().getTime() + waitMs).toISOString(),
      source: rateLimitWaitSource(failure, policy),
      ...(control.hold.isHard ? {} : { orWhenAJobEnds: true }),
    });
  }

  return {
    isBlocked,
    progress: () => ({ underWay: inFlight.size, inUse: inUseNow() }),
    looked() {
      take(onLooked(control, accepted(), clock.monotonicMs()));
      pump();
    },
    async through(create, signal, send) {
      await enter(create, signal);
      try {
        const result = await send();
        inFlight.delete(create.batch);
        const isLimitMet = !result.ok && result.failure.kind === 'rate_limited';
        if (!isLimitMet) sent.delete(create.batch);
        if (result.ok) onOk();
        else if (isLimitMet) onLimited(result.failure, create);
        return result;
      } finally {
        inFlight.delete(create.batch);
        if (pauseMs > 0) restUntil = clock.monotonicMs() + pauseMs;
        pump();
      }
    },
  };
}
