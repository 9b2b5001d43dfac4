import type { Result } from '../model/service.ts';
import { formatDuration } from '../model/units.ts';

/** Asks, for so long and no longer: a network that is dead must not hold up a person who looks for the fault. */
export async function askWithin<T>(
  deadlineMs: number,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<Result<T>>,
): Promise<Result<T>> {
  const limit = AbortSignal.timeout(deadlineMs);
  try {
    return await call(AbortSignal.any([signal, limit]));
  } catch (error) {
    signal.throwIfAborted();
    if (!limit.aborted) throw error;
    const message = `no complete answer within ${formatDuration(deadlineMs)}`;
    return { ok: false, failure: { kind: 'unavailable', reason: 'DEADLINE', message } };
  }
}
