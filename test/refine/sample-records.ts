import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnswerRecord } from '../../src/refine/answer-record.ts';
import { recordFilesIn, type RecordFiles } from '../../src/refine/record-files.ts';
import { type FileFacts, saveSection } from '../../src/refine/summary.ts';

/** A record of one question and its answer, as `parse` makes them. */
export function sampleRecord(id: string, question: string, answer: string): AnswerRecord {
  const [batch = 1, line = 1, position = 1] = id.split('-').map(Number);
  return {
    id,
    batch,
    line,
    key: `b${batch}-${line}`,
    attempt: 1,
    position,
    flags: [],
    value: { pair_id: position, refined_question: question, refined_answer: answer, quality_score: 8 },
  };
}

/** Records that no two of are alike, but for the words of their place. */
export function sampleRecords(count: number, from = 1): readonly AnswerRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const number = from + index;
    return sampleRecord(`1-${number}-1`, `What is thing ${number}?`, `It is called thing${number}.`);
  });
}

/** Writes records as `parse` leaves them. */
export async function writeRecords(folder: string, records: readonly AnswerRecord[]): Promise<RecordFiles> {
  const files = recordFilesIn(join(folder, 'batch_records'));
  await mkdir(files.folder, { recursive: true });
  const facts = await writeLines(files.records, records);
  const requests = { planned: records.length, parsed: records.length, unparsable: 0, without: 0 };
  await saveSection(files.summary, 'parse', {
    records: facts,
    kind: 'refined-pair',
    fields: ['refined_question', 'refined_answer'],
    requests,
    batches: [],
    properties: [],
    unparsed: 0,
    gates: {},
  });
  return files;
}

/** Says of some records that they were merged into another, as `dedupe` does. */
export async function writeDuplicates(
  files: RecordFiles,
  records: readonly AnswerRecord[],
  merged: readonly { readonly id: string; readonly into: string }[],
): Promise<void> {
  await saveSection(files.summary, 'dedupe', {
    recordsSha256: factsOf(records).sha256,
    duplicates: await writeLines(files.duplicates, merged),
    fields: ['refined_question', 'refined_answer'],
    threshold: 0.8,
    cosine: null,
    exact: merged.length,
    near: 0,
    close: 0,
  });
}

async function writeLines(path: string, lines: readonly object[]): Promise<FileFacts> {
  await writeFile(path, textOf(lines));
  return factsOf(lines);
}

function factsOf(lines: readonly object[]): FileFacts {
  const text = textOf(lines);
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { sizeBytes: Buffer.byteLength(text), sha256, count: lines.length };
}

function textOf(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
