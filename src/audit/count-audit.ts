import type { DefectKind } from '../model/answer.ts';
import type { AuditFacts, BatchRecord } from '../model/batch-record.ts';
import { unfoldLines } from '../model/line-ranges.ts';
import { judgementOf, type AuditedResult } from './audit-result.ts';

/** What a batch owes, and what came of it, in requests: requests = answered + failed + missing. */
export interface AuditCounts {
  readonly requests: number;
  readonly answered: number;
  readonly failed: number;
  readonly missing: number;
  readonly facts: AuditFacts;
}

/**
 * Counts the rows of one audited result.
 * @param requests how many there were, for results whose requests are not at hand
 */
export function countAudit(
  audited: AuditedResult,
  record: BatchRecord,
  requests: number | undefined,
): AuditCounts {
  const { expected, rowCount, sheet, usage, byOrder } = audited;
  const defects = new Map<DefectKind, number>();
  const add = (kind: DefectKind, count: number): void => {
    if (count > 0) defects.set(kind, (defects.get(kind) ?? 0) + count);
  };
  let answered = 0;
  let failed = 0;
  let permanent = 0;
  for (let row = 0; row < rowCount; row += 1) {
    const judgement = judgementOf(audited, row);
    if (judgement === undefined) continue;
    if (judgement.kind === 'answered') answered += 1;
    else failed += 1;
    if (judgement.isPermanent === true) permanent += 1;
    // Duplicates are counted by their lines, below.
    if (judgement.kind !== 'answered' && judgement.kind !== 'duplicate') add(judgement.kind, 1);
  }
  const owed = expected?.count ?? Math.max(requests ?? 0, rowCount);
  const missing = owed - answered - failed;
  add('missing', missing);
  for (const kind of ['duplicate', 'foreign', 'unreadable'] as const) add(kind, sheet.extraCount(kind));
  return {
    requests: owed,
    answered,
    failed,
    missing,
    facts: {
      against: expected === undefined ? 'count' : 'input',
      defects: Object.fromEntries(defects),
      usage,
      ...(permanent > 0 ? { permanent } : {}),
      ...(byOrder > 0 ? { byOrder } : {}),
      ...(record.rowsOf === undefined ? {} : { rows: countSources(audited, record.rowsOf) }),
    },
  };
}

/** How many rows of each batch a retry answered: its lines are theirs, in order. */
function countSources(
  audited: AuditedResult,
  rowsOf: NonNullable<BatchRecord['rowsOf']>,
): { readonly batch: number; readonly answered: number }[] {
  let row = 0;
  return rowsOf.map(({ batch, lines }) => {
    const first = row;
    row += unfoldLines(lines).length;
    let answered = 0;
    for (let at = first; at < row; at += 1) {
      if (judgementOf(audited, at)?.kind === 'answered') answered += 1;
    }
    return { batch, answered };
  });
}
