import type { StatusDocument } from '../documents/inspect.ts';

type Counted = Pick<StatusDocument, 'counts'>;

/** Batches whose jobs are under way. */
export function runningIn({ counts }: Counted): number {
  return counts.pending + counts.running;
}

/** Batches that ended without results. */
export function failedIn({ counts }: Counted): number {
  return counts.failed + counts.expired + counts.cancelled;
}

/** Batches whose results wait to be saved. */
export function readyIn({ counts }: Counted): number {
  return counts.succeeded - counts.downloaded;
}
