import type { Clock } from '../model/clock.ts';
import type { ServiceFailure } from '../model/failure.ts';
import { quotaWaitExceeded } from '../model/stop.ts';
import { rateLimitWaitMs, rateLimitWaitSource, type RetryPolicy } from '../model/retry-policy.ts';
import type { EventSink } from '../model/run-event.ts';
import type { Result } from '../model/service.ts';

export interface CreateGateOptions {
  readonly clock: Clock;
  readonly policy: RetryPolicy;
  readonly emit: EventSink;
  /** Longest time without a single accepted create before the run gives up. */
  readonly maxWaitMs: number | undefined;
}

const SAME_WAIT_MS = 1000;

/**
 * The one gate all creates pass, so that a 429 met by one worker pauses all of them.
 *
 *   open ──429──▶ held until t ──t──▶ one at a time ──accepted──▶ two, four, … open
 *                    ▲                      │
 *                    └─────────429──────────┘
 *
 * Going on with one create after a wait, and doubling from there, keeps a still exhausted quota from
 * being asked by every worker at once.
 */
export interface CreateGate {
  /**
   * Sends one create when the gate lets it through.
   * @throws {BatchSubmitError} `E_QUOTA_WAIT` when the wait would exceed the longest one allowed
   */
  through<T>(batch: number, signal: AbortSignal, send: () => Promise<Result<T>>): Promise<Result<T>>;
}

/** Moments are monotonic: setting the wall clock neither shortens nor lengthens a wait. */
interface GateState {
  heldUntil: number;
  allowed: number;
  inFlight: number;
  waits: number;
  hungrySince: number | undefined;
}

export function createGate(options: CreateGateOptions): CreateGate {
  const { clock, policy, emit, maxWaitMs } = options;
  const gate: GateState = {
    heldUntil: Number.NEGATIVE_INFINITY,
    allowed: Number.POSITIVE_INFINITY,
    inFlight: 0,
    waits: 0,
    hungrySince: undefined,
  };
  let queue: (() => void)[] = [];

  async function enter(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const remainingMs = gate.heldUntil - clock.monotonicMs();
      if (remainingMs > 0) {
        if (maxWaitMs !== undefined && gate.heldUntil - (gate.hungrySince ?? gate.heldUntil) > maxWaitMs)
          throw quotaWaitExceeded(maxWaitMs);
        await clock.sleep(remainingMs, signal);
      } else if (gate.inFlight < gate.allowed) {
        gate.inFlight += 1;
        return;
      } else {
        await new Promise<void>((resolve) => queue.push(resolve));
      }
    }
  }

  function leave(): void {
    gate.inFlight -= 1;
    const waiting = queue;
    queue = [];
    for (const resolve of waiting) resolve();
  }

  function hold(failure: ServiceFailure, batch: number): void {
    const now = clock.monotonicMs();
    const waitMs = rateLimitWaitMs(failure, policy);
    // Several creates may have been under way when the quota ran out: they share one wait, and only
    // one that is asked to wait clearly longer moves its end.
    const isNewWait = gate.heldUntil <= now;
    gate.allowed = 1;
    gate.hungrySince ??= now;
    if (!isNewWait && now + waitMs <= gate.heldUntil + SAME_WAIT_MS) return;
    gate.heldUntil = now + waitMs;
    if (isNewWait) gate.waits += 1;
    emit({
      event: 'rate_limited',
      batch,
      step: 'create',
      reason: failure.reason,
      message: failure.message,
      wait: gate.waits,
      waitMs,
      resumesAt: new Date(clock.now().getTime() + waitMs).toISOString(),
      source: rateLimitWaitSource(failure, policy),
    });
  }

  return {
    async through(batch, signal, send) {
      await enter(signal);
      try {
        const result = await send();
        // A create that was under way when the quota ran out says nothing about the quota now.
        const isHeld = gate.heldUntil > clock.monotonicMs();
        if (result.ok && !isHeld) {
          gate.hungrySince = undefined;
          gate.allowed *= 2;
        } else if (!result.ok && result.failure.kind === 'rate_limited') {
          hold(result.failure, batch);
        }
        return result;
      } finally {
        leave();
      }
    },
  };
}
