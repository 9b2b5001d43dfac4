import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { BatchSubmitError } from '../../model/errors.ts';
import type { SubmissionState } from '../../model/submission-state.ts';
import { renameIfFree, sweepTemporaryFiles, syncFolder, temporaryPathFor } from '../../state/atomic-file.ts';
import { diskError } from '../../state/disk-error.ts';
import { statsOf } from '../../state/file-stats.ts';
import { makeFolder } from '../../state/make-folder.ts';
import type { RecordFiles } from '../record-files.ts';
import { saveSection } from '../summary.ts';
import { applyStaged } from './apply.ts';
import { flush } from './backup.ts';
import { createFactSource } from './batch-facts.ts';
import type { Column } from './column.ts';
import { checkMapping, MAPPED_TABLE, mappedTable, textColumns, type Mapping } from './mapping.ts';
import { PAIR_COLUMNS, PAIRS_TABLE, recordColumns, RECORDS_TABLE, SCHEMA_VERSION } from './preset.ts';
import type { Prepared } from './prepare.ts';
import { stage, type StagePlan } from './stage.ts';
import type { SyncTable } from './sync.ts';
import { NO_TARGET, readTarget, type Target } from './target.ts';
import { indexesOf, pairViews, recordViews } from './views.ts';

export interface ImportOptions {
  readonly files: RecordFiles;
  readonly prepared: Prepared;
  readonly state: SubmissionState;
  /** The database: made when it does not exist. */
  readonly path: string;
  readonly mapping: Mapping | undefined;
  readonly withBackup: boolean;
  readonly isDry: boolean;
  /** How long another program's lock on the database is waited for; default 5 s. */
  readonly busyMs?: number | undefined;
}

/** What an import came to. `records` = `imported` + `heldBack`. */
export interface Imported {
  readonly to: 'sqlite' | 'parquet' | 'csv' | 'jsonl';
  readonly path: string;
  readonly table: string | undefined;
  readonly outcome: 'written' | 'unchanged' | 'planned';
  readonly backup: string | undefined;
  readonly requests: {
    readonly planned: number;
    readonly parsed: number;
    readonly unparsable: number;
    readonly without: number;
  };
  readonly records: number;
  readonly imported: number;
  readonly heldBack: number;
  /** Of those imported: merged into others, and with a vector. */
  readonly duplicates: number;
  readonly embedded: number;
  /** Rows of the table. */
  readonly added: number;
  readonly updated: number;
  readonly removed: number;
}

const BUSY_MS = 5000;

/**
 * Makes a database hold the records, and what is known of them. What it is to hold is built in a file beside it
 * first; a new database is that file, and one that exists is changed where it differs.
 * @throws {BatchSubmitError} `E_DATABASE`, `E_RECORDS`, `E_CONFIG`, `E_DISK`, or the signal's reason
 */
export async function importRecords(
  options: ImportOptions,
  signal: AbortSignal | undefined,
): Promise<Imported> {
  const { files, path, prepared, isDry } = options;
  const busyMs = options.busyMs ?? BUSY_MS;
  await makeFolder(dirname(path), 'keep the database in');
  // Others may import into the same folder, but not into the same file: the lock of the records is held.
  await sweepTemporaryFiles(dirname(path), basename(path));
  const isThere = ((await statsOf(path))?.size ?? 0) > 0;
  const layout = await layOut(options, isThere, busyMs);
  const staged = temporaryPathFor(path);
  try {
    const { recordsSha256, tallies } = await stage(staged, layout.plan, signal);
    refuseOtherRecords(files, prepared.parse.records.sha256, recordsSha256);
    const sum = (of: (tally: (typeof tallies)[number]) => number): number =>
      tallies.reduce((total, tally) => total + of(tally), 0);
    const heldBack = sum((tally) => tally.heldBack);
    const records = sum((tally) => tally.records);
    const counts = {
      records,
      imported: records - heldBack,
      heldBack,
      duplicates: sum((tally) => tally.duplicates),
      embedded: sum((tally) => tally.embedded),
    };
    const applied = isThere
      ? await applyStaged({ ...layout, path, staged, isDry, withBackup: options.withBackup, busyMs }, signal)
      : { added: counts.imported, updated: 0, removed: 0, isChanged: true, backup: undefined };
    if (!isThere && !isDry) await publish(staged, path);
    const { isChanged, ...changes } = applied;
    const outcome = isDry ? 'planned' : isChanged ? 'written' : 'unchanged';
    if (!isDry) {
      await saveSection(files.summary, 'import', {
        recordsSha256,
        to: 'sqlite',
        path,
        imported: counts.imported,
        duplicates: counts.duplicates,
        embedded: counts.embedded,
        heldBack,
      });
    }
    const { requests } = prepared.parse;
    return { to: 'sqlite', path, table: layout.records.name, outcome, requests, ...counts, ...changes };
  } finally {
    await rm(staged, { force: true });
  }
}

/** The records were replaced while they were read: no other step may hold the lock, so somebody else did it. */
export function refuseOtherRecords(files: RecordFiles, expected: string, found: string): void {
  if (found === expected) return;
  throw new BatchSubmitError(
    'E_RECORDS',
    `Cannot import: "${files.records}" is not what \`parse\` wrote there`,
    { hint: 'make it anew with `batch-submit parse`' },
  );
}

interface Layout {
  readonly plan: StagePlan;
  readonly records: SyncTable;
  readonly originals: readonly string[];
  readonly facts: readonly string[];
}

/** Decides on tables and columns, once it is known that the database takes them. */
async function layOut(options: ImportOptions, isThere: boolean, busyMs: number): Promise<Layout> {
  const { prepared, path, mapping, state } = options;
  const { parse } = prepared;
  const isPair = parse.kind === 'refined-pair';
  const ownName = isPair ? PAIRS_TABLE : RECORDS_TABLE;
  const table = mapping?.table ?? ownName;
  if (mapping !== undefined) {
    if (!isThere) throw noTable(path, mapping.table);
    await checkMapping(path, mapping, busyMs);
  }
  const isMapped = mapping !== undefined;
  const target = isThere ? await readTarget(path, table, { isMapped, busyMs }) : NO_TARGET;
  const withOriginals = isPair && !isMapped;
  const mapped = mapping === undefined ? undefined : mappedTable(mapping);
  const columns = mapped?.columns ?? (isPair ? PAIR_COLUMNS : recordColumns(parse.properties));
  const stagedName = mapped === undefined ? ownName : MAPPED_TABLE;
  const texts = mapping === undefined ? textNames(columns, parse.fields) : textColumns(mapping, parse.fields);
  const { space } = prepared;
  const plan: StagePlan = {
    table: stagedName,
    columns,
    setup: {
      ...prepared.setup,
      // A table of the user's has one row for each pair, unless it has a column for what duplicates belong to.
      leaveOutDuplicates: isMapped && !columns.some(({ from }) => from === 'duplicate_of'),
      withOriginals,
    },
    facts: createFactSource(state),
    requests: new Map((parse.batches ?? []).map((one) => [one.batch, one])),
    info: [
      ['made_by', 'batch-submit'],
      ['schema_version', String(SCHEMA_VERSION)],
      ['kind', parse.kind],
      ['table', table],
      ['id_column', mapping?.id ?? 'record_id'],
      ['embedding_column', mapping === undefined ? 'embedding' : (mapping.embedding ?? null)],
      ['text_columns', JSON.stringify(texts)],
      ['records_sha256', parse.records.sha256],
      ...Object.entries(parse.requests).map(([name, value]): [string, string] => [name, String(value)]),
      ...(withOriginals ? originalsInfo(target) : []),
    ],
    space: space === undefined ? undefined : [space.model, space.taskType ?? null, space.dimensions],
    given: withOriginals ? target.given : undefined,
    target: path,
    views: withOriginals ? pairViews(target.columns) : recordViews(),
    indexes: isMapped ? [] : indexesOf(ownName),
    busyMs,
  };
  const own = columns.map(({ name }) => ({ name, staged: name }));
  // The id first, which is what rows are found by.
  const byId = [
    ...own.filter(({ name }) => name === 'record_id'),
    ...own.filter(({ name }) => name !== 'record_id'),
  ];
  return {
    plan,
    records: mapped?.table ?? { name: ownName, staged: ownName, columns: byId, isOurs: true },
    originals: withOriginals
      ? originalsInfo(target).flatMap(([name, value]) => (value === 'made' ? [name] : []))
      : [],
    facts: ['batch_imports', 'embedding_spaces', 'import_info'],
  };
}

/** Whose the tables of the originals are, those first that others point to. */
function originalsInfo({ given }: Target): readonly (readonly [name: string, value: string])[] {
  return [
    ['indicators', given.indicators ? 'given' : 'made'],
    ['qa_pairs', given.pairs ? 'given' : 'made'],
  ];
}

function textNames(columns: readonly Column[], fields: readonly string[]): readonly string[] {
  return fields.flatMap((field) => columns.find(({ from }) => from === `value.${field}`)?.name ?? []);
}

/** Gives a new database its name, unless there is one by now. */
async function publish(staged: string, path: string): Promise<void> {
  try {
    await flush(staged);
    // An empty file is what `touch` and some programs leave, and no database of anybody's.
    if ((await statsOf(path))?.size === 0) await rm(path);
    if (await renameIfFree(staged, path)) {
      await syncFolder(dirname(path));
      return;
    }
  } catch (error) {
    throw diskError('save', path, error);
  }
  throw new BatchSubmitError('E_DATABASE', `Cannot make "${path}": another program has made it meanwhile`, {
    hint: 'run the same command again',
  });
}

function noTable(path: string, table: string): BatchSubmitError {
  return new BatchSubmitError(
    'E_DATABASE',
    `Cannot import into "${path}": there is no such database, and a mapping needs its table "${table}"`,
    { hint: 'name the database that has it with `--database <file>`' },
  );
}
