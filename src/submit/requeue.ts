import type { BatchRecord } from '../model/batch-record.ts';
import type { RunContext } from '../model/run-context.ts';

/**
 * What `retry` can be narrowed to. `missing` stands for jobs that the service no longer knows, `lost` for
 * those it knows and whose results it has dropped.
 */
export const RETRY_STATUSES = ['failed', 'expired', 'cancelled', 'missing', 'lost'] as const;
export type RetryStatus = (typeof RETRY_STATUSES)[number];

/**
 * Which of the failed kinds a record is. A job the service does not know may still be running under
 * another key, so it is its own kind and is submitted again only when it is named.
 */
export function retryStatusOf(record: BatchRecord): RetryStatus | undefined {
  if (record.status === 'expired' || record.status === 'cancelled') return record.status;
  if (record.status === 'succeeded' && record.lostSince !== undefined) return 'lost';
  if (record.status !== 'failed') return undefined;
  return record.reason === 'missing' ? 'missing' : 'failed';
}

/** Makes failed batches ready for another attempt; the ended attempt stays in their records. */
export async function requeue(context: RunContext, batches: readonly number[]): Promise<void> {
  const { store, emit } = context;
  await Promise.all(
    batches.map(async (batch) => {
      const was = store.current().batches.get(batch)?.status ?? 'pending';
      const record = await store.apply(batch, { type: 'requeued' });
      emit({ event: 'batch_requeued', batch, attempt: record.attempt, was });
    }),
  );
}
