import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { FinalRow } from '../../../src/audit/final-row.ts';
import type { AnswerRecord } from '../../../src/refine/answer-record.ts';
import { openParser, type ParseOptions, type ParseOutcome } from '../../../src/refine/parse/parse-answers.ts';
import { REFINED_PAIR } from '../../../src/refine/parse/record-kind.ts';
import { recordFilesIn, type RecordFiles } from '../../../src/refine/record-files.ts';

const OPTIONS: ParseOptions = {
  kind: REFINED_PAIR,
  schema: undefined,
  fields: undefined,
  language: undefined,
  perAnswer: undefined,
  isDry: false,
};
const BOILERPLATE = 'This depends on many factors, and a detailed analysis is needed.';

function rowAt(line: number): FinalRow {
  return {
    batch: 1,
    line,
    key: `k${line}`,
    request: undefined,
    judgement: { kind: 'answered' },
    place: { path: 'none', offset: 0, length: 0, resultLine: line },
    attempt: 1,
    tries: 1,
    isOpen: false,
    isClaimed: false,
    isUnknown: false,
  };
}

/** One pair an answer. */
async function parse(
  answers: readonly string[],
  options: Partial<ParseOptions> = {},
): Promise<ParseOutcome & { readonly files: RecordFiles }> {
  const folder = await mkdtemp(join(tmpdir(), 'parse-answers-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const files = recordFilesIn(folder);
  const parser = await openParser(files, { ...OPTIONS, ...options });
  await parser.take(
    answers.map((answer, index) => {
      const pair = {
        pair_id: index,
        refined_question: `What about number ${index}?`,
        refined_answer: answer,
        quality_score: 5,
        improvements_made: ['all'],
      };
      return { row: rowAt(index + 1), answers: [{ attempt: 1, text: JSON.stringify([pair]) }] };
    }),
  );
  const outcome = await parser.finish();
  await parser.discard();
  return { ...outcome, files };
}

async function flaggedIn({ records }: RecordFiles): Promise<readonly string[]> {
  const lines = (await readFile(records, 'utf8')).trimEnd().split('\n');
  const all = lines.map((line): AnswerRecord => JSON.parse(line));
  return all.filter(({ flags }) => flags.includes('placeholder')).map(({ id }) => id);
}

describe('answers that stand below many questions', () => {
  const own = (index: number): string => `It is number ${index}, and nothing else is like it.`;
  const mixed = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? BOILERPLATE : own(index)));

  test('are flagged, the first of them too', async () => {
    const { summary, samples, files } = await parse(mixed);
    expect(summary.gates).toEqual({ placeholder: 30 });
    expect(samples.map(({ gate, id }) => [gate, id])).toEqual([
      ['placeholder', '1-1-1'],
      ['placeholder', '1-3-1'],
      ['placeholder', '1-5-1'],
    ]);
    expect(await flaggedIn(files)).toEqual(
      mixed.flatMap((answer, index) => (answer === BOILERPLATE ? [`1-${index + 1}-1`] : [])),
    );
    expect(summary.records.count).toBe(60);
    expect((await readdir(files.folder)).sort()).toEqual(['records.jsonl', 'unparsed.jsonl']);
  });

  test('are counted in a plan as well, which writes nothing', async () => {
    const { summary, files } = await parse(mixed, { isDry: true });
    expect(summary.gates).toEqual({ placeholder: 30 });
    expect(await readdir(files.folder)).toEqual([]);
  });

  test('are left alone where they are few, or so short that many questions have them', async () => {
    const few = [...Array.from({ length: 20 }, () => BOILERPLATE), own(1)];
    const short = Array.from({ length: 60 }, () => 'Yes, it does.');
    expect((await parse(few)).summary.gates).toEqual({});
    expect((await parse(short)).summary.gates).toEqual({});
  });
});
