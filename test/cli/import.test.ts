import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { dump, execute, query } from '../refine/import/import-bench.ts';
import { pair, pairs, writeDuplicates, writeParsed } from '../refine/import/record-folder.ts';
import { BIN } from './run-cli.ts';
import { transcript } from './transcript.ts';
import { until } from './until.ts';
import { test, type Workbench } from './workbench.ts';

/** Enough that an import takes some hundred milliseconds. */
const MANY = Array.from({ length: 400 }, (_, index) => index + 1);

async function given({ path }: Workbench, batches: readonly number[]): Promise<void> {
  const files = await writeParsed(path('batch_records'), pairs(batches));
  await writeDuplicates(files, [{ id: '2-1-4', into: '2-1-2', similarity: 0.95 }]);
}

describe.concurrent('batch-submit import', () => {
  test('makes a database of the records, without a key', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [] });
    const { cli, folder, path } = bench;
    await given(bench, [1, 2]);
    const ended = await cli('import', { GEMINI_API_KEY: undefined });
    expect(transcript(ended, folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      written	batch_records.db	20	20	0	1	0
      --- stderr
      Rows: 20 added."
    `);
    expect(query(path('batch_records.db'), 'SELECT count(*) FROM pairs')).toEqual([[19]]);
    const again = await cli('import --json');
    expect(JSON.parse(again.stdout)).toMatchInlineSnapshot(`
      {
        "backup": null,
        "dryRun": false,
        "outcome": "unchanged",
        "path": "batch_records.db",
        "records": {
          "duplicates": 1,
          "embedded": 0,
          "heldBack": 0,
          "imported": 20,
          "total": 20,
        },
        "requests": {
          "parsed": 4,
          "planned": 4,
          "unparsable": 0,
          "without": 0,
        },
        "rows": {
          "added": 0,
          "removed": 0,
          "updated": 0,
        },
        "schemaVersion": 1,
        "table": "refined_pairs",
        "to": "sqlite",
      }
    `);
    expect(JSON.parse(await readFile(path('batch_records/summary.json'), 'utf8')).import).toMatchObject({
      to: 'sqlite',
      imported: 20,
      duplicates: 1,
      heldBack: 0,
    });
  });

  test('knows the job, the model and the tokens of each batch from the state', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openWorkbench({ batches: [1, 2], clock: 'real' });
    await bench.given('run');
    await given(bench, [1, 2]);
    await bench.given('import');
    const database = bench.path('batch_records.db');
    const state = JSON.parse(await readFile(bench.path('batch_submission_state.json'), 'utf8'));
    const names = query(database, 'SELECT DISTINCT batch, job_name, model FROM refined_pairs') as string[][];
    expect(names.map(([, name, model]) => [name, model])).toEqual(
      query(database, 'SELECT job_name, model FROM batch_imports'),
    );
    for (const [, name = ''] of names) expect(JSON.stringify(state)).toContain(name);
    expect(
      query(
        database,
        'SELECT prompt_tokens > 0, answer_tokens > 0, submitted_at < saved_at, ended_at IS NOT NULL FROM batch_imports',
      ),
    ).toEqual([
      [1, 1, 1, 1],
      [1, 1, 1, 1],
    ]);
  });

  test('shows what would change in a database that exists', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [] });
    execute(bench.path('qa.db'), 'CREATE TABLE notes (text)');
    await given(bench, [1, 2]);
    const before = await readFile(bench.path('qa.db'));
    const ended = await bench.cli('import --database qa.db -n');
    expect(transcript(ended, bench.folder)).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      planned	qa.db	20	20	0	1	0
      --- stderr
      Rows: 20 added. Nothing was written."
    `);
    expect((await readFile(bench.path('qa.db'))).equals(before)).toBe(true);
    expect(await readdir(bench.folder)).toEqual(['batch_records', 'qa.db']);
  });

  test('stops at a gate, and goes on as the user says', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [] });
    const records = [pair(1, 1, 1), pair(1, 1, 2, { flags: ['short'] })];
    await writeParsed(bench.path('batch_records'), records, { gates: { short: 1 } });
    expect(transcript(await bench.cli('import'), bench.folder)).toMatchInlineSnapshot(`
      "exit 3
      --- stdout

      --- stderr
      error: Cannot import: a gate is shut: short
        short: 1 record
           1-1-2   What is the value of indicator 2? It is 14, as measured in the year before.

      hint: let them in with \`batch-submit import --allow short\`, or hold them back with \`batch-submit import --without short\`"
    `);
    expect((await bench.cli('import --without shrt')).stderr).toContain('did you mean `--without short`?');
    expect((await bench.given('import --without short')).stdout).toBe(
      'written\tbatch_records.db\t2\t1\t1\t0\t0\n',
    );
    expect((await bench.given('import --allow short')).stdout).toBe(
      'written\tbatch_records.db\t2\t2\t0\t0\t0\n',
    );
  });

  test('fills a table of the user, as a mapping says', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [] });
    await given(bench, [1, 2]);
    execute(bench.path('qa.db'), 'CREATE TABLE questions (id TEXT PRIMARY KEY, text TEXT)');
    const mapping = { table: 'questions', id: 'id', columns: { text: 'refined_question' } };
    await writeFile(bench.path('map.json'), JSON.stringify(mapping));
    await bench.given('import --database qa.db --mapping map.json');
    expect(query(bench.path('qa.db'), "SELECT text FROM questions WHERE id = '2-2-5'")).toEqual([
      ['What is the value of indicator 20?'],
    ]);
  });

  test('writes files for other stores', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [] });
    await given(bench, [1, 2]);
    for (const format of ['csv', 'jsonl', 'parquet']) {
      const line = `import --to ${format} --into out/pairs.${format}`;
      expect((await bench.given(line)).stdout).toBe(`written\tout/pairs.${format}\t20\t20\t0\t1\t0\n`);
      expect((await bench.given(line)).stdout).toBe(`unchanged\tout/pairs.${format}\t20\t20\t0\t1\t0\n`);
    }
    expect((await readFile(bench.path('out/pairs.csv'), 'utf8')).split('\r\n')).toHaveLength(21);
  });

  test.for([
    ['--to csv', 'no file was named'],
    ['--to xml --into x', 'there is no such format'],
    ['--into x', 'Cannot use --into with --to sqlite'],
    ['--to csv --into x --mapping y', 'Cannot use --mapping with --to csv'],
    ['--to csv --into x --no-backup', 'Cannot use --no-backup with --to csv'],
    ['--to jsonl --into x --with-embeddings', 'Cannot use --with-embeddings with --to jsonl'],
    ['--allow everything', 'it is no gate'],
  ])('refuses %s', async ([flags, message], { openWorkbench, expect }) => {
    const { cli } = await openWorkbench({ batches: [] });
    const { code, stderr } = await cli(`import ${flags}`);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe('batch-submit import, killed at any point', () => {
  test('and run again, holds what an import holds that nobody killed', async ({ openWorkbench, expect }) => {
    const bench = await openWorkbench({ batches: [] });
    const database = bench.path('batch_records.db');
    await given(bench, MANY);
    const startedMs = performance.now();
    await bench.given('import');
    const wholeMs = performance.now() - startedMs;
    const whole = dump(database);
    // Into a new database, and into one that holds other records and has to be changed.
    for (const before of [[], MANY.filter((batch) => batch % 3 !== 0)]) {
      let killed = 0;
      for (let trial = 0; trial < 5; trial += 1) {
        await rm(database);
        if (before.length > 0) {
          await given(bench, before);
          await bench.given('import');
          await given(bench, MANY);
        }
        const running = bench.start('import');
        // Anywhere in the time that it takes; a small share of the trials ends first.
        const atMs = performance.now() + (wholeMs * (trial + 1)) / 5;
        await until('it is time', () => performance.now() >= atMs);
        running.signal('SIGKILL');
        if ((await running.ended).code === 'SIGKILL') killed += 1;
        await bench.given('import');
        expect(dump(database)).toBe(whole);
        expect((await readdir(bench.folder)).filter((name) => name.includes('.tmp'))).toEqual([]);
      }
      expect(killed).toBeGreaterThan(2);
    }
  }, 120_000);
});

test('batch-submit import on a full disk leaves what was there, and goes on once there is room', async ({
  openWorkbench,
  expect,
  skip,
}) => {
  const bench = await openWorkbench({ batches: [] });
  const [disk, out] = [bench.path('disk'), bench.path('out')];
  for (const folder of [disk, out]) await mkdir(folder);
  const few = await writeParsed(bench.path('few'), pairs(MANY.slice(0, 5)));
  const many = await writeParsed(bench.path('many'), pairs(MANY));
  await bench.given('import --records many --database whole.db');
  const { size } = await stat(bench.path('whole.db'));
  // Room for the rows beside the database, but not in both.
  const script = `
    mount -t tmpfs -o size=$1 tmpfs "$2" || exit 77
    import() { "$3" "$4" import --no-backup --database "$2/qa.db" --records "$5" 2>> "$6/errors"; echo "$?" >> "$6/codes"; }
    import "$@"; cp "$2/qa.db" "$6/before.db"
    set -- "$1" "$2" "$3" "$4" "$7" "$6"; import "$@"; ls -A "$2" > "$6/files"; cp "$2/qa.db" "$6/full.db"
    mount -o remount,size=50m "$2"; import "$@"; cp "$2/qa.db" "$6/after.db"`;
  const { status, stderr } = spawnSync(
    'unshare',
    [
      '--mount',
      'sh',
      '-c',
      script,
      'sh',
      `${Math.round(size * 1.4)}`,
      disk,
      process.execPath,
      BIN,
      few.folder,
      out,
      many.folder,
    ],
    { cwd: bench.folder, encoding: 'utf8' },
  );
  if (status !== 0) return skip(`no small disk can be mounted here: ${stderr}`);
  expect(await readFile(bench.path('out/codes'), 'utf8')).toBe('0\n2\n0\n');
  expect(await readFile(bench.path('out/errors'), 'utf8')).toContain('no space is left on the disk');
  expect(await readFile(bench.path('out/files'), 'utf8')).toBe('qa.db\n');
  const whole = 'SELECT count(*) FROM (SELECT 1 FROM refined_pairs GROUP BY batch HAVING count(*) <> 10)';
  expect(query(bench.path('out/full.db'), whole)).toEqual([[0]]);
  expect(dump(bench.path('out/after.db'))).toBe(dump(bench.path('whole.db')));
});
