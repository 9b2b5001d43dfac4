import type { Defect, Judgement } from '../model/answer.ts';
import type { AuditedResult } from './audit-result.ts';

/** Names the lines that are no answer to a request that still waited for one. */
export function listExtras(
  batch: number,
  { expected, sheet }: AuditedResult,
  onDefect: (defect: Defect) => void,
): void {
  for (const { kind, resultLine, key, row, reason } of sheet.extras) {
    const line = row === undefined || expected === undefined ? null : expected.lineOf(row);
    onDefect({ batch, line, key, kind, resultLine, ...(reason === undefined ? {} : { reason }) });
  }
}

/** The words of a judgement, as reports carry them. */
export function describeDefect(
  place: Pick<Defect, 'batch' | 'line' | 'key' | 'resultLine'>,
  { code, reason, message }: Judgement,
  kind: Defect['kind'],
): Defect {
  return {
    ...place,
    kind,
    ...(code === undefined ? {} : { code }),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  };
}
