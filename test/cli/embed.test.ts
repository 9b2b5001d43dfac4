import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type ExpectStatic } from 'vitest';
import type { FaultRule } from '../../src/emulator/index.ts';
import { nameOf, openVectors } from '../../src/refine/vectors.ts';
import { textOf, type AnswerRecord } from '../../src/refine/answer-record.ts';
import { sampleRecords, writeRecords } from '../refine/sample-records.ts';
import { folderSnapshot } from './folder-snapshot.ts';
import { FAKE_KEY } from './run-cli.ts';
import { parseLines } from './saved-files.ts';
import { jobsPerInput, requestsTo } from './service-record.ts';
import { transcript } from './transcript.ts';
import { until } from './until.ts';
import { test, type Workbench } from './workbench.ts';

const FIELDS = ['refined_question', 'refined_answer'];
const SPACE = { model: 'gemini-embedding-001', taskType: 'SEMANTIC_SIMILARITY', dimensions: 768 };

/** How long each vector is; `undefined` for a record that has none. */
async function lengthsOf(
  { folder }: Workbench,
  records: readonly AnswerRecord[],
): Promise<readonly (number | undefined)[]> {
  const vectors = await openVectors(join(folder, 'batch_records/vectors'), SPACE, 'read');
  const lengths: (number | undefined)[] = [];
  for (const record of records) {
    const row = vectors?.find(textOf(record, FIELDS)) ?? -1;
    lengths.push(row < 0 ? undefined : Math.hypot(...((await vectors?.read(row)) ?? [])));
  }
  await vectors?.close();
  return lengths;
}

async function expectVectors(
  bench: Workbench,
  records: readonly AnswerRecord[],
  expect: ExpectStatic,
): Promise<void> {
  for (const length of await lengthsOf(bench, records)) expect(length).toBeCloseTo(1, 5);
  const summary = JSON.parse(await readFile(bench.path('batch_records/summary.json'), 'utf8'));
  expect(summary.embed).toMatchObject({ ...SPACE, wanted: records.length, embedded: records.length });
}

/** The keys of all lines that were ever put into a batch. */
async function askedNames({ path }: Workbench): Promise<readonly string[]> {
  const folder = path('batch_records/embedding/batches');
  const names = (await readdir(folder)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => parseLines(text).map(({ key }) => JSON.stringify(key).slice(1, -1)));
}

const LINES = '--max-lines 2 --poll 50ms';

describe.concurrent('batch-submit embed', () => {
  test('asks for each text once, and keeps its vector', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [], clock: 'real' });
    const records = sampleRecords(5);
    await writeRecords(bench.folder, records);
    expect(transcript(await bench.cli(`embed ${LINES} -n`, { GEMINI_API_KEY: undefined }), bench.folder))
      .toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      asked	5	3	47	0.000004
      --- stderr
      "
    `);
    const ended = await bench.given(`embed ${LINES}`);
    expect(transcript({ ...ended, stdout: '' }, bench.folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout

      --- stderr

      Embedded 5 of 5 records
        Records    5 to be embedded
        Vectors    gemini-embedding-001, SEMANTIC_SIMILARITY, 768 dimensions
        Asked      5 texts in 3 batches, about 47 tokens, about 0.000004 USD at prices of 2026-04-25
        Batches    batch_records/embedding   \`batch-submit -C batch_records/embedding status\`

      Next: batch-submit import     into a database, with the vectors"
    `);
    const told = ended.stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t').slice(0, 2).join(' '));
    expect(told.sort()).toEqual([1, 2, 3].flatMap((batch) => [`${batch} downloaded`, `${batch} submitted`]));
    await expectVectors(bench, records, expect);
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1]);
    expect(bench.emulator.accepted().jobs.map(({ kind, model }) => `${kind} ${model}`)).toEqual(
      Array.from({ length: 3 }, () => 'embed gemini-embedding-001'),
    );
    expect([...(await askedNames(bench))].sort()).toEqual(
      records.map((one) => nameOf(textOf(one, FIELDS))).sort(),
    );
  });

  test('sends nothing and changes nothing the second time, and then only what is new', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({ batches: [], clock: 'real' });
    await writeRecords(bench.folder, sampleRecords(3));
    await bench.given(`embed ${LINES}`);
    const [before, requests] = [await contentsOf(bench), bench.emulator.requests().length];
    expect(await bench.cli(`embed ${LINES}`, { GEMINI_API_KEY: undefined })).toMatchObject({ code: 0 });
    expect(await contentsOf(bench)).toEqual(before);
    expect(bench.emulator.requests()).toHaveLength(requests);

    const more = sampleRecords(5);
    await writeRecords(bench.folder, more);
    await bench.given(`embed ${LINES}`);
    await expectVectors(bench, more, expect);
    expect(bench.emulator.accepted().jobs.map(({ requestCount }) => requestCount)).toEqual([2, 1, 2]);
    expect(new Set(await askedNames(bench)).size).toBe(5);
  });

  test('leaves a folder in which the other commands work', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [], clock: 'real' });
    await writeRecords(bench.folder, sampleRecords(3));
    await bench.given(`embed ${LINES}`);
    const { stdout } = await bench.given('-C batch_records/embedding status --json');
    expect(JSON.parse(stdout)).toMatchObject({
      total: 2,
      unanswered: 0,
      requests: { planned: 3, answered: 3 },
    });
    const report = await bench.given('-C batch_records/embedding report --json');
    const { cost, requests } = JSON.parse(report.stdout);
    expect(requests).toMatchObject({ planned: 3, answered: 3 });
    expect(cost.by_model).toMatchObject([{ model: 'gemini-embedding-001', output_tokens: 0 }]);
    expect(cost.amount).toBeGreaterThan(0);
    await bench.given('-C batch_records/embedding run');
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1]);
  });

  test('waits for quota, and looks for a create whose answer was lost', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({
      batches: [],
      clock: 'real',
      service: {
        faults: [
          { endpoint: 'batches.create', kind: 'rate_limit', at: 1 },
          { endpoint: 'batches.create', kind: 'drop', phase: 'after', at: 3 },
        ],
      },
    });
    const records = sampleRecords(6);
    await writeRecords(bench.folder, records);
    await bench.given(`embed ${LINES}`);
    await expectVectors(bench, records, expect);
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1]);
  });

  const HANGS: readonly FaultRule[] = [
    { endpoint: 'upload.bytes', kind: 'hang', at: 2 },
    { endpoint: 'batches.create', kind: 'hang', phase: 'after', at: 2 },
    { endpoint: 'download', kind: 'hang', at: 2 },
  ];

  test.for(HANGS)('goes on after kill -9 during $endpoint', async (fault, { openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [], clock: 'real', service: { faults: [fault] } });
    const records = sampleRecords(6);
    await writeRecords(bench.folder, records);
    const running = bench.start(`embed ${LINES}`);
    await until(
      'the request that hangs',
      () => requestsTo(bench.emulator, fault.endpoint as never).length >= 2,
    );
    running.signal('SIGKILL');
    await running.ended;
    await bench.given(`embed ${LINES}`);
    await expectVectors(bench, records, expect);
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1]);
    expect(await askedNames(bench)).toHaveLength(6);
  });

  test('asks for each text once, however often it is killed', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [], clock: 'real' });
    const records = sampleRecords(10);
    await writeRecords(bench.folder, records);
    for (const more of [1, 2, 3, 4, 5]) {
      const enough = bench.emulator.requests().length + 3 * more;
      const running = bench.start(`embed ${LINES}`);
      let hasEnded = false;
      void running.ended.then(() => (hasEnded = true));
      await until('some more requests', () => hasEnded || bench.emulator.requests().length >= enough);
      running.signal('SIGKILL');
      await running.ended;
    }
    await bench.given(`embed ${LINES}`);
    await expectVectors(bench, records, expect);
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1, 1, 1, 1]);
    const asked = bench.emulator.accepted().jobs.reduce((total, { requestCount }) => total + requestCount, 0);
    expect(asked).toBe(records.length);
    const files = await readdir(bench.path('batch_records'), { recursive: true });
    expect(files.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('stops at Ctrl-C with the command that goes on, and goes on', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [] });
    const records = sampleRecords(4);
    await writeRecords(bench.folder, records);
    const running = bench.start(`embed ${LINES}`);
    await until('both jobs', () => bench.emulator.accepted().jobs.length === 2);
    running.signal('SIGINT');
    const ended = await running.ended;
    expect(ended.code).toBe(130);
    expect(ended.stderr).toContain('run `batch-submit embed --max-lines 2 --poll 50ms` to resume');
    bench.pass(60_000);
    await bench.given(`embed ${LINES}`);
    await expectVectors(bench, records, expect);
    expect(jobsPerInput(bench.emulator)).toEqual([1, 1]);
  });

  test.for(['shortVector', 'oddVector', 'zeroVector', 'missing', 'error'] as const)(
    'takes no vector that is damaged by %s, names it, and asks again',
    async (kind, { openWorkbench, expect }) => {
      const bench = await openWorkbench({
        batches: [],
        clock: 'real',
        service: { damage: { [kind]: 0.5 }, damageOnce: true, seed: 3 },
      });
      const records = sampleRecords(8);
      await writeRecords(bench.folder, records);
      const first = await bench.cli('embed --poll 50ms');
      const damaged = new Set(bench.emulator.damaged().map(({ key }) => key));
      expect(damaged.size).toBeGreaterThan(0);
      const without = records.filter((one) => damaged.has(nameOf(textOf(one, FIELDS))));
      expect(first.code).toBe(3);
      expect(first.stderr).toContain(`Embedded ${8 - without.length} of 8 records`);
      expect(first.stderr).toContain(
        `no vector: ${without
          .slice(0, 5)
          .map(({ id }) => id)
          .join(', ')}`,
      );
      expect(first.stderr).toContain('Next: batch-submit embed');
      expect((await lengthsOf(bench, without)).every((length) => length === undefined)).toBe(true);
      await bench.given('embed --poll 50ms');
      await expectVectors(bench, records, expect);
      const [, again] = bench.emulator.accepted().jobs;
      expect(again?.requestCount).toBe(damaged.size);
    },
  );

  test('embeds a few texts at once with --inline', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({
      batches: [],
      clock: 'real',
      service: { faults: [{ endpoint: 'models.embed', kind: 'status', status: 503, at: 2 }] },
    });
    const records = sampleRecords(150);
    await writeRecords(bench.folder, records);
    const ended = await bench.given('embed --inline');
    expect(ended.stderr).toContain('Asked      150 texts in calls that are answered at once');
    await expectVectors(bench, records, expect);
    // A hundred, a fault, and the other fifty.
    expect(requestsTo(bench.emulator, 'models.embed')).toHaveLength(3);
    expect(bench.emulator.accepted().jobs).toEqual([]);
    await bench.given('embed --inline', { GEMINI_API_KEY: undefined });
    expect(requestsTo(bench.emulator, 'models.embed')).toHaveLength(3);
  });

  test('makes no batch that the limit of tokens would never admit', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [], clock: 'real' });
    const records = sampleRecords(6);
    await writeRecords(bench.folder, records);
    await bench.given('embed --token-limit 30 --poll 50ms');
    await expectVectors(bench, records, expect);
    expect(bench.emulator.accepted().jobs.length).toBeGreaterThan(2);
  });

  test('names the command that decides about jobs that are gone', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [], service: { jobTimeMs: 3_600_000 }, clock: 'real' });
    await writeRecords(bench.folder, sampleRecords(2));
    expect((await bench.cli('embed --poll 50ms --timeout 1s')).code).toBe(8);
    const [job] = bench.emulator.accepted().jobs;
    await fetch(`${bench.emulator.url}/v1beta/${job?.name}`, {
      method: 'DELETE',
      headers: { 'x-goog-api-key': FAKE_KEY },
    });
    const ended = await bench.cli('embed --poll 50ms --timeout 1s');
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('Next: batch-submit -C batch_records/embedding retry --status missing');
  });

  test('names another model by its own flag when --inline finds none', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [] });
    await writeRecords(bench.folder, sampleRecords(1));
    const ended = await bench.cli('embed --inline --embedding-model gemini-embedding-0');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('`--embedding-model <id>`');
  });

  test('prints events and a document with --json', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [], clock: 'real' });
    await writeRecords(bench.folder, sampleRecords(2));
    const { stdout } = await bench.given('embed --json --poll 50ms');
    const lines = parseLines(stdout);
    expect(lines.at(-1)).toMatchObject({
      schemaVersion: 1,
      wanted: 2,
      embedded: 2,
      asked: { texts: 2, batches: 1, currency: 'USD' },
      without: [],
    });
    expect(lines.map(({ type }) => type)).toContain('run_finished');
  });

  test.for([
    ['embed --embedding-model gemini-2.5-flash', 2, 'it is no embedding model'],
    ['embed --task-type similarity', 2, 'it is not the name of a task'],
    ['embed --dimensions 0', 2, '--dimensions'],
    ['embed --fields ,', 2, 'a name is missing'],
    ['embed --embedding-model gemini-embedding-0', 2, '`--embedding-model <id>`'],
    ['embed --dimensions 3', 2, 'holds batches that ask for other vectors'],
  ] as const)('%s is refused', async ([line, code, fact], { openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [], clock: 'real' });
    await writeRecords(bench.folder, sampleRecords(1));
    if (line.endsWith(' 3')) await bench.given('embed --poll 50ms');
    const jobs = bench.emulator.accepted().jobs.length;
    const ended = await bench.cli(`${line} --poll 50ms`);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(fact);
    expect(bench.emulator.accepted().jobs).toHaveLength(jobs);
    // What was wrong is not kept.
    await bench.given('embed --poll 50ms');
  });

  test('is refused through an MCP server, which makes no such jobs', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [] });
    await writeRecords(bench.folder, sampleRecords(1));
    const ended = await bench.cli('embed', { BATCH_SUBMIT_VIA_MCP: 'some-server' });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('Cannot embed through an MCP server');
  });

  test('sends nobody without records anywhere but to parse', async ({ openWorkbench, expect }) => {
    const { cli } = await openWorkbench({ batches: [] });
    const ended = await cli('embed');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('`batch-submit parse`');
  });
});

describe.concurrent('batches of embeddings of one’s own', () => {
  const line = (key: string, request: object): string => `${JSON.stringify({ key, request })}\n`;
  const vectorLine = line('a', { content: { parts: [{ text: 'one' }] }, output_dimensionality: 8 });
  const textLine = line('b', { contents: [{ parts: [{ text: 'two' }] }] });

  test('are submitted and audited by run, with an embedding model', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [1], clock: 'real' });
    await writeFile(bench.path('batches/batch_001.jsonl'), vectorLine);
    await bench.given('run --model gemini-embedding-001 --poll 50ms');
    const [merged] = parseLines(await readFile(bench.path('batch_results/merged.jsonl'), 'utf8'));
    expect(merged).toMatchObject({ key: 'a', response: { embedding: { values: expect.any(Array) } } });
  });

  test.for([
    ['gemini-embedding-001', textLine, 'line 2 asks for text, and the model gives embeddings alone'],
    ['gemini-2.5-flash', vectorLine, 'line 2 asks for an embedding, and the model gives none'],
  ] as const)(
    'of the wrong kind for %s are refused before anything is sent',
    async ([model, bad, fact], { openWorkbench, expect }) => {
      const bench = await openWorkbench({ batches: [1] });
      const good = model === 'gemini-2.5-flash' ? textLine : vectorLine;
      await writeFile(bench.path('batches/batch_001.jsonl'), good + bad);
      const ended = await bench.cli(`--model ${model}`);
      expect(ended.code).toBe(3);
      expect(ended.stdout).toContain(`1\tfailed\tinput: ${fact}`);
      expect(requestsTo(bench.emulator, 'upload.start', 'batches.create')).toEqual([]);
      expect((await bench.cli(`validate --model ${model}`)).code).toBe(2);
    },
  );
});

/** Every file of the records, byte for byte. */
async function contentsOf({ path }: Workbench): Promise<Record<string, string>> {
  const folder = path('batch_records');
  const lines = await folderSnapshot(folder);
  const names = lines
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => /\.\w+$|names$|values$/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'base64')));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
}
