import { createKeyTable } from '../../input/key-table.ts';
import { EMPTY_LOAD, type FileLimits } from '../../model/file-limits.ts';
import type { RecordFiles } from '../record-files.ts';
import type { Vectors, VectorSpace } from '../vectors.ts';
import { type BatchFileWriter, createBatchFiles, type MadeFiles, readAskedTexts } from './batch-files.ts';
import {
  type ParsedSummary,
  readTexts,
  type RecordText,
  type TextChoice,
  type TextCounts,
} from './texts-of-records.ts';
import { prepareWorkFolder, workFolderAt } from './work-folder.ts';

/** The texts of which records, and the vectors that there are. */
export interface TextsAndVectors {
  readonly files: RecordFiles;
  readonly summary: ParsedSummary;
  readonly choice: TextChoice;
  /** `undefined` where there are none yet. */
  readonly vectors: Vectors | undefined;
}

export interface AskOptions {
  readonly space: VectorSpace;
  /** Of one batch. */
  readonly limits: FileLimits;
  /** Only counts. */
  readonly isDry: boolean;
  /** Keeps texts in place of batches, and may refuse more than so many. */
  readonly onInline: ((count: number) => void) | undefined;
  /** Called before the first file; gives the highest number that the state knows, which is not given again. */
  readonly onFirst: () => Promise<number>;
}

/** What the texts came to. */
export interface AskedTexts {
  readonly counts: TextCounts;
  /** Records whose text has a vector already. */
  readonly embedded: number;
  /** Batches that were made now. */
  readonly made: MadeFiles;
  /** Texts to be asked for at once, without a batch. */
  readonly inline: readonly RecordText[];
  /** Texts without a vector in batches of an earlier run. */
  readonly before: number;
}

/**
 * Puts each text without a vector that no batch holds into one, or on the list of those that go without.
 * @throws {BatchSubmitError} `E_RECORDS`, `E_DISK`, or the signal's reason
 */
export async function askForTexts(
  { files, summary, choice, vectors }: TextsAndVectors,
  { space, limits, isDry, onInline, onFirst }: AskOptions,
  signal: AbortSignal | undefined,
): Promise<AskedTexts> {
  const work = workFolderAt(files.embedding);
  const { lastBatch, isAsked } = await readAskedTexts(work.batches, signal);
  const seen = createKeyTable();
  const inline: RecordText[] = [];
  let writer: BatchFileWriter | undefined;
  let embedded = 0;
  let before = 0;
  const openWriter = async (): Promise<BatchFileWriter> => {
    const from = Math.max(lastBatch, await onFirst()) + 1;
    if (!isDry) await prepareWorkFolder(work, space);
    return await createBatchFiles(work.batches, { space, from, limits, isDry });
  };
  const take = async (one: RecordText): Promise<void> => {
    if (hasVector(vectors, one)) embedded += 1;
    else if (seen.add(one.name, 0, 0) >= 0) return;
    else if (isAsked(one.name)) before += 1;
    else if (onInline !== undefined) onInline(inline.push(one));
    else {
      writer ??= await openWriter();
      await writer.add(one.text, one.name);
    }
  };
  try {
    const onTexts = async (texts: readonly RecordText[]): Promise<void> => {
      for (const one of texts) await take(one);
    };
    const counts = await readTexts(files, summary, choice, onTexts, signal);
    const made = (await writer?.finish()) ?? { ...EMPTY_LOAD, files: 0 };
    return { counts, embedded, made, inline, before };
  } finally {
    await writer?.discard();
  }
}

const SHOWN = 5;

/** Records with a vector, and the first of those without. */
export interface EmbeddedRecords {
  readonly embedded: number;
  readonly without: readonly string[];
}

/**
 * Looks at each record once more.
 * @throws {BatchSubmitError} `E_RECORDS`, `E_DISK`, or the signal's reason
 */
export async function countEmbedded(
  { files, summary, choice, vectors }: TextsAndVectors,
  signal: AbortSignal | undefined,
): Promise<EmbeddedRecords> {
  let embedded = 0;
  const without: string[] = [];
  const onTexts = (texts: readonly RecordText[]): void => {
    for (const one of texts) {
      if (hasVector(vectors, one)) embedded += 1;
      else if (without.length < SHOWN) without.push(one.id);
    }
  };
  await readTexts(files, summary, choice, onTexts, signal);
  return { embedded, without };
}

function hasVector(vectors: Vectors | undefined, { name }: RecordText): boolean {
  return (vectors?.findNamed(name) ?? -1) >= 0;
}
