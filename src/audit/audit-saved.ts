import { inputOf, type BatchRecord, type SavedResult } from '../model/batch-record.ts';
import { auditResult, type AuditedResult } from './audit-result.ts';
import { readExpectedRows, type ExpectedRows } from './expected-rows.ts';

/** Results that are on disk, as they are now. */
export type SavedAudit =
  | { readonly ok: true; readonly audited: AuditedResult }
  /** Not the bytes that were saved: somebody changed the file, or removed it. */
  | { readonly ok: false; readonly why: 'altered' | 'gone' };

/** Reads saved results once more and compares them with what was saved, byte for byte. */
export async function auditSaved(
  record: BatchRecord,
  saved: SavedResult,
  signal: AbortSignal | undefined,
  expected?: ExpectedRows,
): Promise<SavedAudit> {
  const rows = expected ?? (await readInputRows(record, signal));
  try {
    const audited = await auditResult(saved.path, rows, signal);
    const isSame = audited.read.sha256 === saved.sha256;
    return isSame ? { ok: true, audited } : { ok: false, why: 'altered' };
  } catch (error) {
    signal?.throwIfAborted();
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // A folder that took its name is no file of results either.
    if (code === 'ENOENT' || code === 'EISDIR') return { ok: false, why: 'gone' };
    throw error;
  }
}

/** The requests of a batch, if its input file still holds what was sent. */
export async function readInputRows(
  record: BatchRecord,
  signal: AbortSignal | undefined,
): Promise<ExpectedRows | undefined> {
  const input = inputOf(record);
  if (input === undefined) return undefined;
  const rows = await readExpectedRows(input.path, signal, input.lines);
  return rows?.sha256 === input.sha256 ? rows : undefined;
}
