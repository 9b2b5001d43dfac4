import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { AnswerRecord } from '../../../src/refine/answer-record.ts';
import type { Duplicate } from '../../../src/refine/dedupe/write-duplicates.ts';
import { recordFilesIn, type RecordFiles } from '../../../src/refine/record-files.ts';
import { saveSection } from '../../../src/refine/summary.ts';

export const FIELDS: readonly string[] = ['refined_question', 'refined_answer'];

/** A record as far as duplicates are concerned. */
export interface Sample {
  readonly question: string;
  readonly answer: string;
  readonly quality?: number | string;
  readonly flags?: AnswerRecord['flags'];
}

/** Writes a folder of records as `parse` leaves it: their ids are `1-1-1`, `1-2-1` and so on. */
export async function writeRecordFolder(folder: string, samples: readonly Sample[]): Promise<RecordFiles> {
  const files = recordFilesIn(folder);
  await mkdir(folder, { recursive: true });
  const records = samples.map((sample, index) => recordOf(sample, index + 1));
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  await writeFile(files.records, text);
  const count = records.length;
  await saveSection(files.summary, 'parse', {
    records: {
      sizeBytes: Buffer.byteLength(text),
      sha256: createHash('sha256').update(text).digest('hex'),
      count,
    },
    kind: 'refined-pair',
    fields: FIELDS,
    requests: { planned: count, parsed: count, unparsable: 0, without: 0 },
    batches: [],
    properties: [],
    unparsed: 0,
    gates: {},
  });
  return files;
}

export async function readDuplicates({ duplicates }: RecordFiles): Promise<readonly Duplicate[]> {
  const lines = (await readFile(duplicates, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Duplicate);
}

function recordOf({ question, answer, quality, flags = [] }: Sample, line: number): AnswerRecord {
  return {
    id: `1-${line}-1`,
    batch: 1,
    line,
    key: `request-${line}`,
    attempt: 1,
    position: 1,
    flags,
    value: {
      pair_id: line,
      refined_question: question,
      refined_answer: answer,
      ...(quality === undefined ? {} : { quality_score: quality }),
    },
  };
}
