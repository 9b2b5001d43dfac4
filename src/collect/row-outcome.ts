import { describeDefect } from '../audit/list-defects.ts';
import type { FinalRow } from '../audit/final-row.ts';
import type { Defect } from '../model/answer.ts';
import type { BatchRecord } from '../model/batch-record.ts';

/** Where a request is counted. */
export type RowGroup = 'answered' | 'failed' | 'missing' | 'pending';

export interface DescribedRow {
  readonly group: RowGroup;
  /** `undefined` for what is answered or still under way. */
  readonly defect: Defect | undefined;
}

/** Says in the words of the report what came of one request. */
export function describeOutcome(row: FinalRow, record: BatchRecord): DescribedRow {
  const { judgement, isOpen } = row;
  if (judgement?.kind === 'answered') return { group: 'answered', defect: undefined };
  if (isOpen) return { group: 'pending', defect: undefined };
  const { batch, line, place } = row;
  const key = row.key ?? null;
  if (judgement === undefined) {
    const reason = row.isUnknown ? 'results_changed' : reasonForSilence(record);
    return {
      group: 'missing',
      defect: { batch, line, key, kind: 'missing', ...(reason === undefined ? {} : { reason }) },
    };
  }
  const where =
    place === undefined ? { batch, line, key } : { batch, line, key, resultLine: place.resultLine };
  return { group: 'failed', defect: describeDefect(where, judgement, judgement.kind) };
}

/** Why nothing came, where the whole batch says it. */
function reasonForSilence(record: BatchRecord): string | undefined {
  if (record.status === 'expired' || record.status === 'cancelled') return record.status;
  if (record.status === 'failed') return 'batch_failed';
  return record.status === 'succeeded' && record.lostSince !== undefined ? 'results_lost' : undefined;
}
