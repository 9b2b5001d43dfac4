import type { RecordOf } from '../model/batch-record.ts';
import { settleMsFor } from '../model/settle.ts';
import type { SubmitContext } from './submit-context.ts';

export type OpenRecord = RecordOf<'creating' | 'uncertain'>;

/** `Date` headers have whole seconds, and the service's time is known to within three of them. */
const SERVICE_CLOCK_MARGIN_MS = 5000;

/** How long, in ms, a lost create is looked up: as configured, or longer where listings were seen to lag more. */
export function settleMs({ options, store }: Pick<SubmitContext, 'options' | 'store'>): number {
  return settleMsFor(options.settleMs, store.current());
}

/** Tells how long lost creates must still be looked up. */
export interface SettleWatch {
  /** Ms until the create counts as settled; 0 or less when it does. Never by the wall clock here. */
  leftMs(record: OpenRecord): number;
}

/**
 * Begins to count. Two clocks can tell that a create has been out of sight for the settle time: that of
 * this process, which nobody can set and which begins now, and the service's own, which also counts the
 * time between two runs. The wall clock here may have been put forward by a day, so it counts for nothing.
 */
export function startSettleWatch(context: SubmitContext): SettleWatch {
  const { clock, service, options } = context;
  const beganMs = clock.monotonicMs();
  return {
    leftMs(record) {
      if (options.onAmbiguous === 'quarantine') return Number.POSITIVE_INFINITY;
      if (options.onAmbiguous === 'resubmit') return 0;
      const wholeMs = settleMs(context);
      const byWatching = wholeMs - (clock.monotonicMs() - beganMs);
      const since = record.status === 'uncertain' ? Date.parse(record.serviceSince ?? '') : Number.NaN;
      const nowMs = service.now()?.getTime() ?? Number.NaN;
      const byService = wholeMs + SERVICE_CLOCK_MARGIN_MS - (nowMs - since);
      return Number.isNaN(byService) ? byWatching : Math.min(byWatching, byService);
    },
  };
}
