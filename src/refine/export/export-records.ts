import { basename, dirname } from 'node:path';
import type { SubmissionState } from '../../model/submission-state.ts';
import { sweepTemporaryFiles } from '../../state/atomic-file.ts';
import { openAtomicOutput } from '../../state/atomic-output.ts';
import { holdsBytes } from '../../state/hash-file.ts';
import { makeFolder } from '../../state/make-folder.ts';
import { createFactSource } from '../import/batch-facts.ts';
import { isBatchFact, type Cell, type Column } from '../import/column.ts';
import { refuseOtherRecords, type Imported } from '../import/import-records.ts';
import { batchCells, readColumns } from '../import/insert-rows.ts';
import type { Prepared } from '../import/prepare.ts';
import { unpackRows } from '../import/packed-rows.ts';
import { readRowsAside } from '../import/row-source.ts';
import type { BatchTally } from '../import/rows.ts';
import type { RecordFiles } from '../record-files.ts';
import { saveSection } from '../summary.ts';
import { exportColumns } from './columns.ts';
import { openCsv } from './csv.ts';
import { openJsonl } from './jsonl.ts';
import { openParquet } from './parquet.ts';
import { refuseExportPath } from './refuse-path.ts';
import type { RowWriter } from './row-writer.ts';

export type ExportFormat = 'parquet' | 'csv' | 'jsonl';

export interface ExportOptions {
  readonly files: RecordFiles;
  readonly prepared: Prepared;
  readonly state: SubmissionState;
  readonly format: ExportFormat;
  readonly path: string;
  /** Take records that were merged into others too. */
  readonly withDuplicates: boolean;
  /** Whether vectors go into the file; CSV has no good place for them. */
  readonly withEmbeddings: boolean;
  readonly isDry: boolean;
}

/**
 * Writes the records to one file for another store. The same records make the same bytes, and a file that has them
 * is left alone.
 * @throws {BatchSubmitError} `E_USAGE` when something else is at the path, `E_DISK`, `E_RECORDS`, or the signal's reason
 */
export async function exportRecords(
  options: ExportOptions,
  signal: AbortSignal | undefined,
): Promise<Imported> {
  const { files, prepared, path, format, isDry } = options;
  const { parse } = prepared;
  const properties = parse.kind === 'schema' ? parse.properties : undefined;
  const columns = exportColumns(properties, options.withEmbeddings && prepared.space !== undefined);
  await refuseExportPath(path);
  await makeFolder(dirname(path), 'keep the export in');
  await sweepTemporaryFiles(dirname(path), basename(path));
  const output = await openAtomicOutput(path);
  const tallies: BatchTally[] = [];
  try {
    const writer = await openWriter(format, output, columns);
    const facts = createFactSource(options.state);
    const rowOf = rowMaker(columns);
    const sha256 = await readRowsAside(
      {
        ...prepared.setup,
        vectors: columns.some(({ type }) => type === 'blob') ? prepared.setup.vectors : undefined,
        columns: readColumns(columns),
        leaveOutDuplicates: !options.withDuplicates,
        withOriginals: false,
      },
      {
        async onChunk(chunk) {
          const lineage = facts.lineage(chunk.batch, chunk.attempt, chunk.line);
          const known = batchCells(chunk, lineage);
          for (const read of chunk.cells.flatMap(unpackRows)) await writer.add(rowOf(read, known));
        },
        onBatch: (tally) => {
          tallies.push(tally);
        },
      },
      signal,
    );
    refuseOtherRecords(files, parse.records.sha256, sha256);
    await writer.end();
    const isSame = await holdsBytes(path, output.written());
    if (!isSame && !isDry) await output.publish();
    const counts = countsOf(tallies, options.withDuplicates);
    if (!isDry) {
      const { imported, duplicates, embedded, heldBack } = counts;
      await saveSection(files.summary, 'import', {
        recordsSha256: sha256,
        to: format,
        path,
        imported,
        duplicates,
        embedded,
        heldBack,
      });
    }
    const outcome = isDry ? 'planned' : isSame ? 'unchanged' : 'written';
    const changes = { added: isSame ? 0 : counts.rows, updated: 0, removed: 0 };
    const { rows: _rows, ...sums } = counts;
    return {
      to: format,
      path,
      table: undefined,
      outcome,
      backup: undefined,
      requests: parse.requests,
      ...sums,
      ...changes,
    };
  } finally {
    await output.discard();
  }
}

async function openWriter(
  format: ExportFormat,
  output: Parameters<typeof openCsv>[0],
  columns: readonly Column[],
): Promise<RowWriter> {
  switch (format) {
    case 'csv':
      return await openCsv(output, columns);
    case 'jsonl':
      return openJsonl(output, columns);
    case 'parquet':
      return await openParquet(output, columns);
  }
}

/** A row with all its cells, out of those that were read and what is known of the batch. */
function rowMaker(
  columns: readonly Column[],
): (read: readonly Cell[], facts: Readonly<Record<string, Cell>>) => readonly Cell[] {
  return (read, facts) => {
    let next = 0;
    return columns.map(({ from }) => {
      if (isBatchFact(from)) return facts[from] ?? null;
      next += 1;
      return read[next - 1] ?? null;
    });
  };
}

function countsOf(
  tallies: readonly BatchTally[],
  withDuplicates: boolean,
): Pick<Imported, 'records' | 'imported' | 'heldBack' | 'duplicates' | 'embedded'> & {
  readonly rows: number;
} {
  const sum = (of: (tally: BatchTally) => number): number =>
    tallies.reduce((total, tally) => total + of(tally), 0);
  const records = sum((tally) => tally.records);
  const heldBack = sum((tally) => tally.heldBack);
  const duplicates = sum((tally) => tally.duplicates);
  const imported = records - heldBack;
  return {
    records,
    imported,
    heldBack,
    duplicates,
    embedded: sum((tally) => tally.embedded),
    rows: withDuplicates ? imported : imported - duplicates,
  };
}
