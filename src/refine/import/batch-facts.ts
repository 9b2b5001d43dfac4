import { addUsage, NO_USAGE, type Usage } from '../../model/answer.ts';
import { inputOf, jobOf, savedIn, type BatchRecord } from '../../model/batch-record.ts';
import { unfoldLines } from '../../model/line-ranges.ts';
import { isSameInput, recordOf, type SubmissionState } from '../../model/submission-state.ts';

/** Which job gave a record. `null` where the state does not tell. */
export interface Lineage {
  readonly model: string | null;
  readonly jobName: string | null;
  readonly inputFile: string | null;
}

/** What the state knows of a batch, as `batch_imports` shows it. */
export interface BatchFacts extends Lineage {
  readonly usage: Usage | undefined;
  /** ISO 8601 in UTC, as are the others. */
  readonly submittedAt: string | null;
  readonly endedAt: string | null;
  readonly savedAt: string | null;
}

export interface FactSource {
  of(batch: number): BatchFacts;
  /** @param line of the input file; needed for attempts after those of the batch itself */
  lineage(batch: number, attempt: number, line: number | null): Lineage;
  /** Batches that sent rows of others again, in the order of their numbers. */
  readonly retries: readonly number[];
}

/** Reads the facts of batches out of the state. */
export function createFactSource(state: SubmissionState): FactSource {
  const retries = [...state.batches]
    .filter(([, { rowsOf }]) => rowsOf !== undefined)
    .sort(([a], [b]) => a - b)
    .map(([batch, record]) => ({ batch, record, rows: rowsIn(record, state) }));
  const retryLineage = (batch: number, attempt: number, line: number | null): Lineage => {
    // Each retry that sent this row counts on from the attempts before it.
    let tries = recordOf(state, batch).attempt;
    for (const { record, rows } of retries) {
      if (line === null || rows.get(batch)?.has(line) !== true) continue;
      if (attempt <= tries + record.attempt) return lineageIn(record, attempt - tries);
      tries += record.attempt;
    }
    return NOT_KNOWN;
  };
  return {
    of: (batch) => factsOf(recordOf(state, batch)),
    lineage(batch, attempt, line) {
      const record = state.batches.get(batch);
      if (record === undefined) return NOT_KNOWN;
      return attempt <= record.attempt ? lineageIn(record, attempt) : retryLineage(batch, attempt, line);
    },
    retries: retries.map(({ batch }) => batch),
  };
}

const NOT_KNOWN: Lineage = { model: null, jobName: null, inputFile: null };

function lineageIn(record: BatchRecord, attempt: number): Lineage {
  const job = jobOf(record);
  const past =
    attempt === record.attempt ? undefined : record.earlier?.findLast((one) => one.attempt === attempt);
  return {
    model: job?.model ?? null,
    jobName: (attempt === record.attempt ? job?.name : past?.jobName) ?? null,
    inputFile: (past?.input ?? inputOf(record))?.path ?? null,
  };
}

function factsOf(record: BatchRecord): BatchFacts {
  const saved = savedIn(record);
  const audits = saved.flatMap(({ saved: { audit } }) => (audit === undefined ? [] : [audit.usage]));
  return {
    ...lineageIn(record, record.attempt),
    usage: audits.length === 0 ? undefined : audits.reduce(addUsage, NO_USAGE),
    submittedAt: jobOf(record)?.submittedAt ?? null,
    endedAt: 'endedAt' in record ? record.endedAt : null,
    savedAt: saved[0]?.saved.savedAt ?? null,
  };
}

function rowsIn(record: BatchRecord, state: SubmissionState): ReadonlyMap<number, ReadonlySet<number>> {
  const rows = new Map<number, ReadonlySet<number>>();
  for (const source of record.rowsOf ?? []) {
    if (isSameInput(source, state)) rows.set(source.batch, new Set(unfoldLines(source.lines)));
  }
  return rows;
}
