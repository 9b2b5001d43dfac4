import { spawnSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { describe } from 'vitest';
import {
  answerIn,
  refinedPair,
  sourcePair,
  writePairBatches,
  type RefinedPair,
  type SourcePair,
} from '../cli/refined-pairs.ts';
import { parseLines } from '../cli/saved-files.ts';
import { test, type Workbench } from '../cli/workbench.ts';
import { SHAPES } from './answer-shapes.ts';
import { dumpOf } from './database-dump.ts';

const PAIRS = 100;

/** What is said of a pair on purpose, by its number in the batch. */
function fateOf({ qa_id }: SourcePair): 'exact' | 'near' | 'placeholder' | undefined {
  const number = qa_id % 1000;
  if (number % 50 === 0) return 'exact';
  if (number % 50 === 25) return 'near';
  return number === 13 && Math.floor(qa_id / 1000) % 10 === 3 ? 'placeholder' : undefined;
}

function change(pair: RefinedPair, source: SourcePair): RefinedPair {
  const fate = fateOf(source);
  if (fate === undefined) return pair;
  if (fate === 'placeholder') return { ...pair, refined_answer: '[insert answer here]' };
  const before = refinedPair(sourcePair(Math.floor(source.qa_id / 1000), (source.qa_id % 1000) - 1));
  const texts =
    fate === 'exact'
      ? {
          refined_question: `  ${before.refined_question.toUpperCase()}`,
          refined_answer: before.refined_answer.replaceAll(' ', '\n').replaceAll('.', ' !'),
        }
      : {
          refined_question: before.refined_question,
          refined_answer: before.refined_answer.replace('Look at', 'Have a look at'),
        };
  // Worse than what it repeats, so that the other one is to be kept.
  return { ...pair, ...texts, quality_score: 1 };
}

/** Answers in every shape; what was cut or refused comes whole when it is asked for again. */
async function collect(bench: Workbench, batches: readonly number[]): Promise<void> {
  await writePairBatches(bench.folder, batches, PAIRS);
  await bench.cli('run');
  await bench.cli('parse');
  await bench.cli('retry --rows-only --reason truncated,unparsable');
  await bench.cli('watch');
}

function serviceOf(): { readonly answer: ReturnType<typeof answerIn>; readonly jobTimeMs: number } {
  const asked = new Set<number>();
  const answer = answerIn((batch) => {
    const shape = SHAPES[(batch - 1) % SHAPES.length] ?? 'bare';
    const isAgain = asked.has(batch);
    asked.add(batch);
    return isAgain ? 'prose' : shape;
  }, change);
  return { answer, jobTimeMs: 100 };
}

const STEPS = ['parse', 'dedupe', 'embed --dimensions 16', 'import --without placeholder'];

/** The audit counts an answer with a placeholder in it as failed, and `parse` says so. */
function codeOf(step: string): number {
  return step === 'parse' ? 3 : 0;
}

async function stepsOf(bench: Workbench): Promise<readonly Record<string, unknown>[]> {
  const documents: Record<string, unknown>[] = [];
  for (const step of STEPS) {
    const { code, stdout, stderr } = await bench.cli(`${step} --json`);
    if (code !== codeOf(step)) throw new Error(`${step} ended with ${code}: ${stderr}`);
    const last = stdout.trimEnd();
    documents.push(JSON.parse(last.startsWith('{\n') ? last : (last.split('\n').at(-1) ?? '')));
  }
  return documents;
}

describe('from answers to a database', () => {
  test(
    '204 batches of 100 pairs reconcile to the row, and a second run changes nothing',
    { timeout: 300_000 },
    async ({ openWorkbench, expect }) => {
      const batches = Array.from({ length: 204 }, (_, index) => index + 1);
      const bench = await openWorkbench({
        batches: [],
        clock: 'real',
        service: serviceOf(),
        env: { BATCH_SUBMIT_CONCURRENCY: undefined },
      });
      await collect(bench, batches);
      const [parsed, deduped, , imported] = await stepsOf(bench);
      const all = batches.flatMap((batch) =>
        Array.from({ length: PAIRS }, (_, index) => sourcePair(batch, index + 1)),
      );
      const having = (fate: ReturnType<typeof fateOf>): number =>
        all.filter((pair) => fateOf(pair) === fate).length;
      expect(parsed).toMatchObject({
        requests: { planned: 204, parsed: 204, unparsable: 0, without: 0 },
        records: { count: 20_400 },
        gates: { placeholder: having('placeholder') },
      });

      const found = parseLines(await readFile(bench.path('batch_records/duplicates.jsonl'), 'utf8'));
      for (const [fate, by] of [
        ['exact', 'exact'],
        ['near', 'near'],
      ] as const) {
        const truth = new Set<unknown>(
          all
            .filter((pair) => fateOf(pair) === fate)
            .map(({ qa_id }) => `${Math.floor(qa_id / 1000)}-1-${qa_id % 1000}`),
        );
        const told = found.filter((line) => line['by'] === by).map(({ id }) => id);
        const hits = told.filter((id) => truth.has(id)).length;
        console.log(
          `duplicates, ${fate}: precision ${(hits / told.length).toFixed(3)}, recall ${(hits / truth.size).toFixed(3)}`,
        );
        expect(hits / told.length).toBeGreaterThan(0.99);
        expect(hits / truth.size).toBeGreaterThan(0.99);
      }
      const duplicates = found.length;
      expect(deduped).toMatchObject({ records: 20_400, kept: 20_400 - duplicates });
      expect(imported?.['records']).toEqual({
        total: 20_400,
        embedded: expect.any(Number),
        imported: 20_400 - having('placeholder'),
        heldBack: having('placeholder'),
        duplicates,
      });

      const report = JSON.parse((await bench.cli('report --output - --json')).stdout);
      expect(report.requests).toMatchObject({ planned: 204, missing: 0, pending: 0 });
      expect(report.records).toMatchObject({
        requests: { planned: 204, parsed: 204, unparsable: 0, without: 0 },
        records: 20_400,
        duplicates,
        imported: {
          to: 'sqlite',
          imported: 20_400 - having('placeholder'),
          held_back: having('placeholder'),
        },
      });

      const database = bench.path('batch_records.db');
      const before = dumpOf(database);
      await stepsOf(bench);
      expect(dumpOf(database)).toBe(before);

      const count = 'SELECT count(*), count(qa_id), count(duplicate_of), count(embedding) FROM refined_pairs';
      const rows = 20_400 - having('placeholder');
      const expected = `${rows}|${rows}|${duplicates}|`;
      for (const [program, args] of [
        ['sqlite3', [database, count]],
        [
          'python3',
          [
            '-c',
            `import sqlite3; print('|'.join(map(str, sqlite3.connect('${database}').execute('${count}').fetchone())))`,
          ],
        ],
      ] as const) {
        const { error, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
        if (error !== undefined) console.log(`${program} is not here: left out`);
        else expect(`${stdout.slice(0, expected.length)} ${stderr}`, program).toBe(`${expected} `);
      }
    },
  );

  test(
    'a kill at any point and the same commands again come to the same database',
    { timeout: 300_000 },
    async ({ openWorkbench, expect }) => {
      // Thirteen: in the last one the audit finds a placeholder, as it does in the longer run.
      const batches = Array.from({ length: 13 }, (_, index) => index + 1);
      const bench = await openWorkbench({ batches: [], clock: 'real', service: serviceOf() });
      await collect(bench, batches);
      const dumps: string[] = [];
      for (let round = 0; round < 2; round += 1) {
        // The batches of the embeddings are paid for, so they stay; the first round makes them, through its kills.
        for (const name of ['records.jsonl', 'unparsed.jsonl', 'duplicates.jsonl', 'summary.json', 'vectors'])
          await rm(bench.path('batch_records', name), { recursive: true, force: true });
        await rm(bench.path('batch_records.db'), { force: true });
        for (const [index, step] of STEPS.entries()) {
          const run = bench.start(step);
          // Spread over the time that such a step takes; where it was quicker there is nothing to kill.
          const after = 120 + ((round * 157 + index * 61) % 500);
          await Promise.race([run.ended, new Promise((resolve) => setTimeout(resolve, after))]);
          run.signal('SIGKILL');
          await run.ended;
          const again = await bench.cli(`${step} -q`);
          expect(again, again.stderr).toMatchObject({ code: codeOf(step) });
        }
        dumps.push(dumpOf(bench.path('batch_records.db')));
      }
      await rm(bench.path('batch_records.db'));
      await stepsOf(bench);
      const whole = dumpOf(bench.path('batch_records.db'));
      for (const dump of dumps) expect(dump).toBe(whole);
    },
  );
});
