import { DEFECT_KINDS, type DefectKind } from '../model/answer.ts';
import { foldBatches } from '../model/batch-set.ts';
import type { FinalReport, ReportedBatch } from './final-report.ts';

/** Batches that share a reason to look at them. */
export interface AttentionGroup {
  readonly reason: string;
  readonly batches: readonly number[];
  /** Folded, and cut where it is long. */
  readonly folded: string;
}

const LONGEST_FOLD = 300;

/** Reasons by status, in the order in which they are listed. */
const REASONS: Readonly<Record<string, string>> = {
  uncertain: 'Create in doubt',
  creating: 'Create in doubt',
  failed: 'Failed',
  expired: 'Expired',
  cancelled: 'Cancelled',
  pending: 'Not submitted',
  uploading: 'Not submitted',
  uploaded: 'Not submitted',
  submitted: 'Under way',
  succeeded: 'Ended, results not saved',
};
const INCOMPLETE = 'Saved, with requests failed or missing';
const OTHER = 'In another state';
const FINE = 'Saved and complete';

/** Ended, and not as it should be. */
export const DEAD: ReadonlySet<string> = new Set(['failed', 'expired', 'cancelled']);

/** Reasons that are only a matter of time. */
const HARMLESS: ReadonlySet<string> = new Set(['Not submitted', 'Under way', 'Ended, results not saved']);

/** `undefined` for a batch that is saved and complete. */
export function reasonFor({ status, planned, answered, failed, missing }: ReportedBatch): string | undefined {
  // However the job ended, other attempts have answered everything.
  if (DEAD.has(status) && planned > 0 && answered === planned) return undefined;
  if (status === 'collected') return failed + missing > 0 ? INCOMPLETE : undefined;
  return (Object.hasOwn(REASONS, status) ? REASONS[status] : undefined) ?? OTHER;
}

/** True where something went wrong, rather than is not done yet. */
export function isDamaged(batch: ReportedBatch): boolean {
  const reason = reasonFor(batch);
  return reason !== undefined && !HARMLESS.has(reason);
}

/** All batches by reason, the ones that are fine last. */
export function attentionGroups({ batches }: FinalReport): readonly AttentionGroup[] {
  const order = [...new Set(Object.values(REASONS)), INCOMPLETE, OTHER, FINE];
  const groups = new Map<string, number[]>(order.map((reason) => [reason, []]));
  for (const batch of batches) groups.get(reasonFor(batch) ?? FINE)?.push(batch.batch);
  return [...groups]
    .filter(([, numbers]) => numbers.length > 0)
    .map(([reason, numbers]) => ({ reason, batches: numbers, folded: cutFold(foldBatches(numbers)) }));
}

/** `1-40, 43, …`: a list that would fill a page is cut behind a whole number. */
function cutFold(folded: string): string {
  if (folded.length <= LONGEST_FOLD) return folded;
  return `${folded.slice(0, folded.lastIndexOf(',', LONGEST_FOLD))}, …`;
}

export interface DefectSum {
  readonly kind: DefectKind;
  /** As the results came. */
  readonly came: number;
  /** After the retries; `undefined` where not every defect is listed, so that it cannot be counted. */
  readonly left: number | undefined;
}

/** One for each kind that came or is left, in the order in which kinds are listed. */
export function defectSums({ defects, defects_omitted, defects_by_kind }: FinalReport): DefectSum[] {
  const left = new Map<DefectKind, number>();
  for (const { kind } of defects) left.set(kind, (left.get(kind) ?? 0) + 1);
  return DEFECT_KINDS.map((kind) => ({
    kind,
    came: Math.max(defects_by_kind[kind] ?? 0, left.get(kind) ?? 0),
    left: defects_omitted > 0 ? undefined : (left.get(kind) ?? 0),
  })).filter(({ came }) => came > 0);
}

/** What each kind means, for a reader who meets it for the first time. */
export const KIND_MEANINGS: Readonly<Record<DefectKind, string>> = {
  missing: 'no answer came',
  error: 'the service answered with an error',
  truncated: 'cut off at the limit of output tokens',
  blocked: 'refused by a filter',
  unfinished: 'ended before its own end',
  empty: 'an answer without content',
  invalid_json: 'not the JSON that was asked for',
  placeholder: 'filler where the answer should be',
  duplicate: 'more than one answer to a request',
  foreign: 'an answer to no request of the batch',
  unreadable: 'a line that cannot be read',
};
