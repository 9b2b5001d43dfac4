import { BatchSubmitError } from '../../model/errors.ts';
import { textOf, type AnswerRecord, type Gate } from '../answer-record.ts';
import { readRecords } from '../read-records.ts';
import { bytesOf, openVectors, type VectorSpace } from '../vectors.ts';
import { cellReader, type Cell, type Column } from './column.ts';
import { openDuplicates } from './duplicates.ts';
import { INDICATOR_CELLS, originalOf, PAIR_CELLS, type Original } from './original.ts';
import { packRows, type PackedRows } from './packed-rows.ts';
import { readStandIns } from './stand-ins.ts';

/** What is read and how; plain data, so that a thread can be told. */
export interface RowSetup {
  readonly records: string;
  readonly columns: readonly Column[];
  readonly duplicates: { readonly path: string; readonly sha256: string } | undefined;
  readonly vectors:
    | { readonly folder: string; readonly space: VectorSpace; readonly fields: readonly string[] }
    | undefined;
  /** Records with one of these flags are held back, and so are those of these requests. */
  readonly without: readonly Gate[];
  readonly heldRequests: readonly string[];
  readonly leaveOutDuplicates: boolean;
  /** Whether rows for `qa_pairs` and `indicators` are wanted too. */
  readonly withOriginals: boolean;
}

/** Rows that one attempt at a batch gave. */
export interface RowChunk {
  readonly batch: number;
  readonly attempt: number;
  /** Set where answers of several jobs may have this attempt's number. */
  readonly line: number | null;
  readonly count: number;
  readonly cells: readonly PackedRows[];
  /** Rows of `qa_pairs` and of `indicators`. */
  readonly pairs: readonly PackedRows[];
  readonly indicators: readonly PackedRows[];
}

/** What a batch came to. */
export interface BatchTally {
  readonly batch: number;
  /** Requests that gave a record. */
  readonly parsed: number;
  readonly records: number;
  readonly heldBack: number;
  readonly duplicates: number;
  readonly embedded: number;
  /** Rows whose item of the prompt has an id that may not be one elsewhere. */
  readonly doubtful: number;
}

export interface RowsReceiver {
  onChunk(chunk: RowChunk): Promise<void> | void;
  /** Behind the last row of each batch. */
  onBatch(tally: BatchTally): Promise<void> | void;
}

const CHUNK_ROWS = 500;
/** Indicators that are remembered, so that each is told once; to tell one again does no harm. */
const MOST_SEEN = 10_000;
const PLACES_A_BATCH = 2 ** 32;

/** What the requests of `RowSetup.heldRequests` are called. */
export function requestName({ batch, line, key }: Pick<AnswerRecord, 'batch' | 'line' | 'key'>): string {
  return `${batch} ${line ?? JSON.stringify(key)}`;
}

/** The places of a batch, first and last. */
export function placesOf(batch: number): { readonly first: number; readonly last: number } {
  return { first: batch * PLACES_A_BATCH, last: (batch + 1) * PLACES_A_BATCH - 1 };
}

/**
 * Reads the records as rows, in order and in flat memory.
 * @returns the SHA-256 of the records, lower-case hex
 * @throws {BatchSubmitError} `E_RECORDS`, `E_DISK`, or the signal's reason when it is aborted
 */
export async function readRows(
  setup: RowSetup,
  receiver: RowsReceiver,
  signal: AbortSignal | undefined,
): Promise<string> {
  const duplicates = setup.duplicates === undefined ? undefined : openDuplicates(setup.duplicates.path);
  const { vectors } = setup;
  const stored = vectors === undefined ? undefined : await openVectors(vectors.folder, vectors.space, 'read');
  const embeddingOf = async (
    record: AnswerRecord,
    fields: readonly string[],
  ): Promise<Uint8Array | undefined> => {
    const row = stored?.find(textOf(record, fields)) ?? -1;
    return stored === undefined || row < 0 ? undefined : bytesOf(await stored.read(row));
  };
  const collector = createCollector(setup, receiver);
  const isAnyHeld = setup.without.length + setup.heldRequests.length > 0;
  try {
    const standIns =
      duplicates !== undefined && isAnyHeld
        ? await readStandIns(setup.records, (record) => collector.isHeld(record), signal)
        : undefined;
    const { sha256 } = await readRecords(
      setup.records,
      async (records) => {
        for (const { record } of records) {
          const found = duplicates?.take(record.id);
          const duplicate = found === undefined || standIns === undefined ? found : standIns(found);
          const isHeld = collector.isHeld(record);
          const isLeftOut = isHeld || (duplicate !== undefined && setup.leaveOutDuplicates);
          const embedding =
            vectors === undefined || isLeftOut ? undefined : await embeddingOf(record, vectors.fields);
          const turn = collector.prepare(record);
          // Nearly never: a wait for each of a million records would be a third of the time.
          if (turn !== undefined) await turn;
          collector.add(record, { isHeld, isLeftOut, duplicate, embedding });
        }
      },
      signal,
    );
    await collector.end();
    if (setup.duplicates !== undefined) duplicates?.end(setup.duplicates.sha256);
    return sha256;
  } finally {
    duplicates?.close();
    await stored?.close();
  }
}

interface Judged {
  readonly isHeld: boolean;
  readonly isLeftOut: boolean;
  readonly duplicate: { readonly into: string; readonly similarity?: number | undefined } | undefined;
  readonly embedding: Uint8Array | undefined;
}

interface Collector {
  isHeld(record: AnswerRecord): boolean;
  /** Hands over what is complete before this record; to be waited for, where there is something. */
  prepare(record: AnswerRecord): Promise<void> | undefined;
  add(record: AnswerRecord, judged: Judged): void;
  end(): Promise<void>;
}

/** Puts rows together until the batch, the attempt or the room for them ends. */
function createCollector(setup: RowSetup, receiver: RowsReceiver): Collector {
  const readers = setup.columns.map((column) => cellReader(column));
  const without: ReadonlySet<string> = new Set(setup.without);
  const heldRequests = new Set(setup.heldRequests);
  let chunk = newChunk(0, 0, null);
  let tally = newTally(0);
  let ordinal = 0;
  let last: AnswerRecord | undefined;
  const seen = new Set<Cell>();
  const handOver = async (): Promise<void> => {
    const full = chunk;
    chunk = newChunk(full.batch, full.attempt, full.line);
    if (full.count === 0) return;
    await receiver.onChunk({
      ...full,
      cells: packRows(full.cells, readers.length),
      pairs: packRows(full.pairs, PAIR_CELLS),
      indicators: packRows(full.indicators, INDICATOR_CELLS),
    });
  };
  const endBatch = async (): Promise<void> => {
    await handOver();
    if (tally.batch > 0) await receiver.onBatch(tally);
  };
  const begin = async (record: AnswerRecord): Promise<void> => {
    const { batch, attempt } = record;
    if (batch === tally.batch) await handOver();
    else {
      if (batch < tally.batch) throw outOfOrder(setup.records, record);
      await endBatch();
      tally = newTally(batch);
      ordinal = 0;
      last = undefined;
    }
    chunk = newChunk(batch, attempt, lineOf(record));
  };
  const noteOriginal = ({ indicatorId, indicator, isGlobal, pair }: Original): void => {
    if (indicator !== undefined && !seen.has(indicatorId)) {
      if (seen.size === MOST_SEEN) seen.clear();
      seen.add(indicatorId);
      chunk.indicators.push(...indicator);
    }
    if (isGlobal) chunk.pairs.push(...pair);
  };
  return {
    isHeld: (record) =>
      (without.size > 0 && record.flags.some((flag) => without.has(flag))) ||
      (heldRequests.size > 0 && heldRequests.has(requestName(record))),
    prepare(record) {
      const { batch, attempt } = record;
      const isSameChunk = batch === chunk.batch && attempt === chunk.attempt && lineOf(record) === chunk.line;
      return isSameChunk && chunk.count < CHUNK_ROWS ? undefined : begin(record);
    },
    add(record, { isHeld, isLeftOut, duplicate, embedding }) {
      const { batch } = record;
      tally.records += 1;
      if (record.line !== last?.line || record.key !== last.key) tally.parsed += 1;
      last = record;
      if (isHeld) tally.heldBack += 1;
      else if (duplicate !== undefined) tally.duplicates += 1;
      ordinal += 1;
      if (isLeftOut) return;
      if (embedding !== undefined) tally.embedded += 1;
      const { source } = record;
      const original = source === undefined || !setup.withOriginals ? undefined : originalOf(source);
      if (original !== undefined) noteOriginal(original);
      if (original?.isGlobal === false && original.qaId !== null) tally.doubtful += 1;
      const facts = {
        record,
        place: batch * PLACES_A_BATCH + ordinal,
        duplicateOf: duplicate?.into,
        similarity: duplicate?.similarity,
        embedding,
        qaId: original?.qaId ?? null,
        looseSource:
          original === undefined || original.isGlobal ? null : JSON.stringify(source).replaceAll('\0', ''),
      };
      for (const read of readers) chunk.cells.push(read(facts));
      chunk.count += 1;
    },
    end: endBatch,
  };
}

/** The first attempt is one job; a later one may be this or that job, by the line. */
function lineOf({ attempt, line }: AnswerRecord): number | null {
  return attempt === 1 ? null : line;
}

interface GrowingChunk extends Omit<RowChunk, 'cells' | 'pairs' | 'indicators'> {
  count: number;
  readonly cells: Cell[];
  readonly pairs: Cell[];
  readonly indicators: Cell[];
}

function newChunk(batch: number, attempt: number, line: number | null): GrowingChunk {
  return { batch, attempt, line, count: 0, cells: [], pairs: [], indicators: [] };
}

function newTally(batch: number): { -readonly [Name in keyof BatchTally]: BatchTally[Name] } {
  return { batch, parsed: 0, records: 0, heldBack: 0, duplicates: 0, embedded: 0, doubtful: 0 };
}

function outOfOrder(path: string, { id }: AnswerRecord): BatchSubmitError {
  return new BatchSubmitError('E_RECORDS', `Cannot use "${path}": the record ${id} is not in its place`, {
    hint: 'make the file anew with `batch-submit parse`',
  });
}
