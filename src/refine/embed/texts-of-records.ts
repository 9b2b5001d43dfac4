import { BatchSubmitError } from '../../model/errors.ts';
import { textOf } from '../answer-record.ts';
import { readRecords } from '../read-records.ts';
import type { RecordFiles } from '../record-files.ts';
import type { ParseSummary, RecordSummary } from '../summary.ts';
import { nameOf } from '../vectors.ts';
import { readMergedRecords } from './merged-records.ts';

/** Which texts of which records. */
export interface TextChoice {
  /** Their texts, one a line, are what is embedded. */
  readonly fields: readonly string[];
  /** Also of records that were merged into another. */
  readonly takesMerged: boolean;
}

/** The text of one record. */
export interface RecordText {
  readonly id: string;
  readonly text: string;
  /** See `nameOf`. Records with the same text share a vector. */
  readonly name: string;
}

/** In records. */
export interface TextCounts {
  readonly records: number;
  /** Left out: merged into another one. */
  readonly merged: number;
  /** Left out: none of the fields holds any text. */
  readonly withoutText: number;
  /** All others. */
  readonly wanted: number;
}

/** What `parse` and `dedupe` left. */
export type ParsedSummary = RecordSummary & { readonly parse: ParseSummary };

/**
 * Reads the texts that are to be embedded, in the order of the records and in flat memory.
 * @param onTexts awaited before more is read
 * @throws {BatchSubmitError} `E_RECORDS` when the records are not those that `parse` made, `E_DISK`, or the signal's
 *   reason
 */
export async function readTexts(
  files: RecordFiles,
  { parse, dedupe }: ParsedSummary,
  { fields, takesMerged }: TextChoice,
  onTexts: (texts: readonly RecordText[]) => Promise<void> | void,
  signal: AbortSignal | undefined,
): Promise<TextCounts> {
  const knowsMerged = !takesMerged && dedupe?.recordsSha256 === parse.records.sha256;
  const isMerged = knowsMerged ? await readMergedRecords(files.duplicates, signal) : () => false;
  const counts = { records: 0, merged: 0, withoutText: 0, wanted: 0 };
  const { sha256 } = await readRecords(
    files.records,
    async (records) => {
      const texts: RecordText[] = [];
      for (const { record } of records) {
        counts.records += 1;
        // Half a letter, as JSON may hold one, is nothing that could be sent.
        const text = Buffer.from(textOf(record, fields)).toString();
        if (isMerged(record.id)) counts.merged += 1;
        else if (text.trim() === '') counts.withoutText += 1;
        else texts.push({ id: record.id, text, name: nameOf(text) });
      }
      counts.wanted += texts.length;
      await onTexts(texts);
    },
    signal,
  );
  if (sha256 === parse.records.sha256) return counts;
  throw new BatchSubmitError(
    'E_RECORDS',
    `Cannot embed the records: "${files.records}" is not what \`parse\` wrote`,
    { hint: 'make the records anew with `batch-submit parse`' },
  );
}
