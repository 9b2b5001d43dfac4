import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { SHAPES, type Shape } from '../refine/answer-shapes.ts';
import { answerIn, refinedPair, sourcePair, writePairBatches } from './refined-pairs.ts';
import { parseLines } from './saved-files.ts';
import { transcript } from './transcript.ts';
import { test, type OpenWorkbench, type Workbench } from './workbench.ts';

const PAIRS = 10;
const shapeOf = (batch: number): Shape => SHAPES[(batch - 1) % SHAPES.length] ?? 'bare';

/** Batches whose answers came, one of each shape. */
async function openCollected(
  openWorkbench: OpenWorkbench,
  service: NonNullable<Parameters<OpenWorkbench>[0]>['service'] = { answer: answerIn(shapeOf) },
  batches: readonly number[] = SHAPES.map((_, index) => index + 1),
): Promise<Workbench> {
  const bench = await openWorkbench({ batches: [], clock: 'real', service });
  await writePairBatches(bench.folder, batches, PAIRS);
  await bench.cli('run');
  return bench;
}

async function recordsOf(bench: Workbench): Promise<ReturnType<typeof parseLines>> {
  return parseLines(await readFile(bench.path('batch_records/records.jsonl'), 'utf8'));
}

describe.concurrent('batch-submit parse', () => {
  test('makes records of answers in every shape, and lists what gives none', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openCollected(openWorkbench);
    const ended = await bench.cli('parse', { GEMINI_API_KEY: undefined });
    expect(transcript(ended, bench.folder)).toMatchInlineSnapshot(`
      "exit 3
      --- stdout
      1	parsed	1	10
      2	parsed	1	10
      3	parsed	1	10
      4	parsed	1	10
      5	parsed	1	10
      6	parsed	1	10
      7	parsed	1	10
      8	parsed	1	10
      9	parsed	1	10
      10	parsed	1	6
      11	unparsable	1	0
      --- stderr
      ! Send again what gave no record: \`batch-submit retry --rows-only --reason unparsable\`, then \`batch-submit parse\`
      ! Doubtful records are held up by \`batch-submit import\` until you decide
      Next: batch-submit dedupe      find duplicates among the records"
    `);
    const records = await recordsOf(bench);
    for (const [index, shape] of SHAPES.entries()) {
      const batch = index + 1;
      const whole = { cut: 6, refusal: 0 }[shape as string] ?? PAIRS;
      const sources = Array.from({ length: whole }, (_, number) => sourcePair(batch, number + 1));
      expect(
        records.filter((record) => record['batch'] === batch),
        shape,
      ).toMatchObject(
        sources.map((source, place) => ({
          id: `${batch}-1-${place + 1}`,
          batch,
          line: 1,
          attempt: 1,
          position: place + 1,
          flags: [],
          value: refinedPair(source),
          source,
        })),
      );
    }
    expect(await readFile(bench.path('batch_records/unparsed.jsonl'), 'utf8')).toMatchInlineSnapshot(`
      "{"batch":10,"line":1,"key":"bs-c84d8ab7b1ee8d025f93","attempt":1,"tries":1,"reason":"cut"}
      {"batch":10,"line":1,"key":"bs-c84d8ab7b1ee8d025f93","attempt":1,"tries":1,"reason":"count","wanted":10,"got":6}
      {"batch":11,"line":1,"key":"bs-7f09da6e6a7bb0d81220","attempt":1,"tries":1,"reason":"no_json"}
      "
    `);
  });

  test('changes no byte the second time, and writes nothing with -n', async ({ openWorkbench, expect }) => {
    const bench = await openCollected(openWorkbench, undefined, [1, 10]);
    await bench.cli('parse -n');
    await expect(stat(bench.path('batch_records'))).rejects.toThrow('ENOENT');
    await bench.cli('parse');
    const folder = bench.path('batch_records');
    const look = async (): Promise<readonly (readonly [string, string, number])[]> => {
      const names = (await readdir(folder)).sort();
      return await Promise.all(
        names.map(
          async (name) =>
            [
              name,
              await readFile(`${folder}/${name}`, 'utf8'),
              name === 'summary.json' ? 0 : (await stat(`${folder}/${name}`)).mtimeMs,
            ] as const,
        ),
      );
    };
    const before = await look();
    expect(before.map(([name]) => name)).toEqual(['records.jsonl', 'summary.json', 'unparsed.jsonl']);
    await bench.cli('parse');
    expect(await look()).toEqual(before);
  });

  test('sends again what gave no record, once, and takes the answer that is better', async ({
    openWorkbench,
    expect,
  }) => {
    const seen = new Map<number, number>();
    const service = {
      answer: answerIn((batch) => {
        const times = (seen.get(batch) ?? 0) + 1;
        seen.set(batch, times);
        if (batch === 2) return times === 1 ? 'refusal' : 'fenced';
        // Worse the second time: what was cut off at first stays the best there is.
        return times === 1 ? 'cut' : 'refusal';
      }),
    };
    const bench = await openCollected(openWorkbench, service, [2, 3]);
    expect(await bench.cli('parse')).toMatchObject({ code: 3 });
    expect(await recordsOf(bench)).toHaveLength(6);
    const plan = await bench.cli('retry --rows-only --reason unparsable --dry-run --json');
    expect(JSON.parse(plan.stdout)).toMatchObject({
      rowRetries: [{ rows: 2, sources: [{ batch: 2 }, { batch: 3 }] }],
    });
    await bench.cli('retry --rows-only --reason unparsable');
    await bench.cli('watch');
    // What was sent since is not sent again before it was parsed.
    const again = await bench.cli('retry --rows-only --reason unparsable --dry-run --json');
    expect(JSON.parse(again.stdout)).toMatchObject({ rowRetries: [] });
    await bench.cli('parse');
    const records = await recordsOf(bench);
    expect(records.map(({ batch, attempt }) => [batch, attempt])).toEqual([
      ...Array.from({ length: PAIRS }, () => [2, 2]),
      ...Array.from({ length: 6 }, () => [3, 1]),
    ]);
    expect([...seen.values()]).toEqual([2, 2]);
  });

  test('flags what is doubtful, with samples, and the report says what was made', async ({
    openWorkbench,
    expect,
  }) => {
    const service = {
      answer: answerIn(
        () => 'bare',
        (pair, { qa_id }) =>
          qa_id === 1003
            ? { ...pair, refined_question: 'Is it red?\u001B[31m', refined_answer: 'Your answer here' }
            : pair,
      ),
    };
    const bench = await openCollected(openWorkbench, service, [1]);
    const { code, stdout } = await bench.cli('parse --per-answer 12 --json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      gates: { placeholder: 1, count: 1 },
      language: 'eng',
      samples: [
        { gate: 'placeholder', id: '1-1-3' },
        { gate: 'count', id: '1-1', text: '12 wanted, 10 came' },
      ],
    });
    expect(stdout).not.toContain('\u001B');
    const report = JSON.parse((await bench.given('report --output - --json')).stdout);
    expect(report.records).toEqual({
      requests: { planned: 1, parsed: 1, unparsable: 0, without: 0 },
      records: 10,
      duplicates: null,
      embedded: null,
      imported: null,
    });
  });

  test('makes records of the kind that a schema says', async ({ openWorkbench, expect }) => {
    const bench = await openCollected(openWorkbench, undefined, [1]);
    const schema = {
      type: 'object',
      required: ['refined_answer', 'mood'],
      properties: { refined_answer: { type: 'string' }, mood: { type: 'string', enum: ['good'] } },
    };
    await writeFile(bench.path('kind.json'), JSON.stringify(schema));
    const { stdout } = await bench.cli('parse --schema kind.json --json');
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'schema',
      fields: ['refined_answer'],
      requests: { parsed: 0, unparsable: 1 },
      unparsed: { count: 10, reasons: { invalid: 10 } },
    });
  });

  test('says so when an input is no longer as it was sent', async ({ openWorkbench, expect }) => {
    const bench = await openCollected(openWorkbench, undefined, [1, 2, 3]);
    await bench.given('parse');
    const ids = (await recordsOf(bench)).map(({ id }) => id);
    const sent = await readFile(bench.path('batches/batch_002_proper.jsonl'), 'utf8');
    await rm(bench.path('batches/batch_001_proper.jsonl'));
    await writeFile(bench.path('batches/batch_002_proper.jsonl'), `{"request":{"contents":[]}}\n${sent}`);
    const { stderr } = await bench.given('parse');
    expect(stderr).toContain(
      '! The input of 2 batches is not as it was sent (1-2): without it records have other ids and no originals. Put it back, then run `batch-submit parse` again',
    );
    expect((await recordsOf(bench)).map(({ id }) => id).slice(2 * PAIRS)).toEqual(ids.slice(2 * PAIRS));
    expect(JSON.parse((await bench.cli('parse --json')).stdout)).toMatchObject({ withoutInput: [1, 2] });
  });

  test.for([
    ['parse', 'E_RECORDS'],
    ['parse --language klingon', 'E_USAGE'],
    ['parse --fields ,', 'E_USAGE'],
    ['parse --schema gone.json', 'E_CONFIG'],
    ['retry --rows-only --reason unparsable', 'E_RECORDS'],
  ] as const)('says what is wrong with `%s`', async ([line, code], { openWorkbench, expect }) => {
    const { cli, folder } = await openWorkbench({ batches: [1] });
    expect(transcript(await cli(line), folder)).toMatchSnapshot();
    expect((await cli(`${line} --json`)).stderr).toContain(`"code":"${code}"`);
  });
});
