import type { BatchRecord } from '../../src/model/batch-record.ts';
import type { SubmissionState } from '../../src/model/submission-state.ts';

export const NOW: Date = new Date('2026-11-22T14:00:00.000Z');

/** The moment so many hours before `NOW`; negative hours lie ahead. */
export function ago(hours: number): string {
  return new Date(NOW.getTime() - Math.round(hours * 3_600_000)).toISOString();
}

export function stateOf(records: Readonly<Record<number, BatchRecord>>): SubmissionState {
  const batches = Object.entries(records).map(([batch, record]) => [Number(batch), record] as const);
  return { stateId: 'k3v9q2ma', createdAt: ago(100), lastRun: undefined, batches: new Map(batches) };
}
