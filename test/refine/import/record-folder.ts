import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import type { AnswerRecord } from '../../../src/refine/answer-record.ts';
import { recordFilesIn, type RecordFiles } from '../../../src/refine/record-files.ts';
import { readSummary, saveSection, type FileFacts, type ParseSummary } from '../../../src/refine/summary.ts';
import { openVectors, type VectorSpace } from '../../../src/refine/vectors.ts';
import { textOf } from '../../../src/refine/answer-record.ts';

const FIELDS: readonly string[] = ['refined_question', 'refined_answer'];
export const SPACE: VectorSpace = { model: 'embedder', taskType: 'SEMANTIC_SIMILARITY', dimensions: 4 };

export interface Duplicate {
  readonly id: string;
  readonly into: string;
  readonly similarity: number;
}

/** A record as `parse` makes it, of a pair whose number is its place over all batches of 2 requests with 5 pairs. */
export function pair(
  batch: number,
  line: number,
  position: number,
  more: Partial<AnswerRecord> = {},
): AnswerRecord {
  const number = (batch - 1) * 10 + (line - 1) * 5 + position;
  return {
    id: `${batch}-${line}-${position}`,
    batch,
    line,
    key: `request-${line}`,
    attempt: 1,
    position,
    flags: [],
    value: {
      pair_id: position,
      refined_question: `What is the value of indicator ${number}?`,
      refined_answer: `It is ${number * 7}, as measured in the year before.`,
      quality_score: 0.5 + position / 10,
      improvements_made: ['clearer', 'shorter'],
    },
    source: {
      qa_id: number,
      indicator_id: batch,
      indicator_name: `Indicator ${batch}`,
      pair_number: position,
      question: `value of ${number}`,
      answer: `${number * 7}`,
      topic: position % 2 === 0 ? 'even' : 'odd',
    },
    ...more,
  };
}

/** All pairs of these batches: 2 requests each, with 5 pairs each. */
export function pairs(
  batches: readonly number[],
  moreOf: (record: AnswerRecord) => Partial<AnswerRecord> = () => ({}),
): AnswerRecord[] {
  return batches.flatMap((batch) =>
    [1, 2].flatMap((line) =>
      [1, 2, 3, 4, 5].map((position) => pair(batch, line, position, moreOf(pair(batch, line, position)))),
    ),
  );
}

/** Writes records as `parse` leaves them. */
export async function writeParsed(
  folder: string,
  records: readonly AnswerRecord[],
  more: Partial<ParseSummary> = {},
): Promise<RecordFiles> {
  const files = recordFilesIn(folder);
  await mkdir(folder, { recursive: true });
  const facts = await writeLines(files.records, records);
  const requests = new Set(records.map(({ batch, line, key }) => `${batch} ${line} ${key}`)).size;
  await saveSection(files.summary, 'parse', {
    records: facts,
    kind: 'refined-pair',
    fields: FIELDS,
    requests: { planned: requests, parsed: requests, unparsable: 0, without: 0 },
    batches: [],
    properties: [],
    unparsed: 0,
    gates: {},
    ...more,
  });
  return files;
}

/** Writes what `dedupe` found. */
export async function writeDuplicates(files: RecordFiles, duplicates: readonly Duplicate[]): Promise<void> {
  const facts = await writeLines(
    files.duplicates,
    duplicates.map((one) => ({ ...one, by: 'near' })),
  );
  await saveSection(files.summary, 'dedupe', {
    recordsSha256: await shaOf(files),
    duplicates: facts,
    fields: FIELDS,
    threshold: 0.9,
    cosine: null,
    exact: 0,
    near: duplicates.length,
    close: 0,
  });
}

/** Keeps a vector for each of these records, as `embed` does. */
export async function writeVectors(files: RecordFiles, records: readonly AnswerRecord[]): Promise<void> {
  const vectors = await openVectors(files.vectors, SPACE, 'write');
  await vectors?.add(
    records.map((record, index) => ({ text: textOf(record, FIELDS), values: [index + 1, 0.5, -1, 0] })),
  );
  await vectors?.close();
  await saveSection(files.summary, 'embed', {
    recordsSha256: await shaOf(files),
    model: SPACE.model,
    taskType: SPACE.taskType,
    dimensions: SPACE.dimensions,
    fields: FIELDS,
    wanted: records.length,
    embedded: records.length,
  });
}

async function writeLines(path: string, values: readonly unknown[]): Promise<FileFacts> {
  const text = values.map((value) => `${JSON.stringify(value)}\n`).join('');
  await writeFile(path, text);
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { sizeBytes: Buffer.byteLength(text), sha256, count: values.length };
}

async function shaOf(files: RecordFiles): Promise<string> {
  return (await readSummary(files.summary))?.parse?.records.sha256 ?? '';
}
