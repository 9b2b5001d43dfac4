import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { describe, type ExpectStatic } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { DamagedLine, DamageKind, ResultDamage } from '../../src/emulator/index.ts';
import {
  answeredIn,
  keysOfJobs,
  openRows,
  readMerged,
  readReport,
  rowKey,
  rowsText,
  textIn,
  type MergedLine,
  type Report,
  type ReportedDefect,
} from './rows.ts';
import { FAKE_KEY } from './run-cli.ts';
import { parseLines, readState, type Json } from './saved-files.ts';
import { requestsTo } from './service-record.ts';
import { createTerminal } from './terminal.ts';
import { until } from './until.ts';
import { test, type OpenWorkbench, type Workbench } from './workbench.ts';

/** Shares that let every kind of damage happen among a few hundred rows. */
const ALL_DAMAGE = {
  error: 0.04,
  refused: 0.04,
  truncated: 0.04,
  blocked: 0.04,
  filtered: 0.04,
  unfinished: 0.04,
  empty: 0.04,
  invalidJson: 0.06,
  offSchema: 0.08,
  placeholder: 0.04,
  missing: 0.06,
  duplicate: 0.06,
  conflicting: 0.06,
  garbled: 0.06,
  foreign: 0.06,
} as const satisfies ResultDamage;

/** What the report calls each kind. */
const KIND_IN_REPORT: Readonly<Record<DamageKind, string>> = {
  error: 'error',
  refused: 'error',
  truncated: 'truncated',
  blocked: 'blocked',
  filtered: 'blocked',
  unfinished: 'unfinished',
  empty: 'empty',
  invalidJson: 'invalid_json',
  offSchema: 'invalid_json',
  placeholder: 'placeholder',
  missing: 'missing',
  duplicate: 'duplicate',
  conflicting: 'duplicate',
  garbled: 'missing',
  foreign: 'foreign',
  shortVector: 'empty',
  oddVector: 'empty',
  zeroVector: 'empty',
};

/** The text of each answer by key, `undefined` where there is none. */
function textsOf(merged: readonly MergedLine[]): ReadonlyMap<string, string | undefined> {
  return new Map(merged.map(({ key, response }) => [key ?? '', textIn(response)]));
}

/** True where a good answer is all the same in the results. */
function leavesAnAnswer({ kinds }: DamagedLine): boolean {
  const [first, second] = kinds;
  const isCopy = first === 'duplicate' || first === 'foreign';
  return isCopy || second === 'conflicting';
}

/** Whose place is known by the key alone. */
function placeOf(key: string): { readonly batch: number; readonly line: number } {
  const [, batch, line] = /^b(\d+)-r(\d+)$/.exec(key) ?? [];
  return { batch: Number(batch), line: Number(line) };
}

function expectSum(
  expect: ExpectStatic,
  { planned, answered, failed, missing, pending }: Report['requests'],
): void {
  expect(answered + failed + missing + pending).toBe(planned);
}

describe.concurrent('the audit of a run', () => {
  test('finds every damaged row and gives none of them out as an answer', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openRows(openWorkbench, {
      count: 12,
      rows: 50,
      service: { damage: { ...ALL_DAMAGE, shuffle: true }, seed: 11 },
    });
    expect((await bench.cli('run')).code).toBe(3);
    const truth = bench.emulator.damaged();
    expect(new Set(truth.flatMap(({ kinds }) => kinds))).toEqual(new Set(Object.keys(ALL_DAMAGE)));
    const report = await readReport(bench);
    const merged = await readMerged(bench);
    const byKey = new Map(merged.map((line) => [line.key, line]));

    const said = new Map<string, ReportedDefect[]>();
    for (const defect of report.defects) {
      said.set(defect.key ?? '', [...(said.get(defect.key ?? '') ?? []), defect]);
    }
    for (const entry of truth) {
      const { key, kinds } = entry;
      // The good one of two answers makes up for a bad one, so only the second line is to be told.
      const shown = leavesAnAnswer(entry) ? kinds.slice(-1) : kinds;
      const found = said.get(key ?? '') ?? [];
      for (const kind of shown) expect(found.map((defect) => defect.kind)).toContain(KIND_IN_REPORT[kind]);
      if (kinds[0] !== 'foreign') {
        for (const defect of found) expect(defect).toMatchObject(placeOf(key ?? ''));
        expect(byKey.get(key)?.response !== undefined, `${key} ${kinds.join()}`).toBe(leavesAnAnswer(entry));
      }
    }
    // Nobody else is accused.
    const damagedKeys = new Set(truth.map(({ key }) => key));
    expect(report.defects.filter(({ key, kind }) => kind !== 'unreadable' && !damagedKeys.has(key))).toEqual(
      [],
    );
    const garbled = truth.filter(({ kinds }) => kinds.includes('garbled'));
    expect(report.defects.filter(({ kind }) => kind === 'unreadable')).toHaveLength(garbled.length);

    const lost = truth.filter((entry) => !leavesAnAnswer(entry));
    expect(report.requests).toMatchObject({ planned: 600, answered: 600 - lost.length, pending: 0 });
    expectSum(expect, report.requests);
    expect(merged.map(({ key }) => key)).toEqual(
      Array.from({ length: 600 }, (_, index) => rowKey(Math.floor(index / 50) + 1, (index % 50) + 1)),
    );
    expect(merged.filter(({ response }) => response === undefined)).toHaveLength(lost.length);
    expect(merged.every(({ response, reason }) => (response === undefined) !== (reason === undefined))).toBe(
      true,
    );
  });

  test('a row is named once for each thing that is wrong with it', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, { service: { damage: { conflicting: 1 } } });
    await bench.cli('run');
    const { defects } = await readReport(bench);
    expect(defects.map(({ key, kind }) => [key, kind])).toEqual([
      ['b1-r1', 'duplicate'],
      ['b1-r2', 'duplicate'],
      ['b1-r3', 'duplicate'],
    ]);
  });

  test('a clean run has no defect, and every request its answer', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, {
      count: 3,
      rows: 20,
      service: { damage: { shuffle: true } },
    });
    expect((await bench.cli('run')).code).toBe(0);
    const report = await readReport(bench);
    expect(report).toMatchObject({ defects: [], defects_omitted: 0, defects_by_kind: {} });
    expect(report.requests).toEqual({ planned: 60, answered: 60, failed: 0, missing: 0, pending: 0 });
    const merged = await readMerged(bench);
    expect(merged.filter(({ response }) => response !== undefined)).toHaveLength(60);
  });

  test('download --json names the same defects as the report', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, {
      count: 2,
      rows: 20,
      service: { damage: { error: 0.3, missing: 0.2, foreign: 0.2 } },
    });
    await bench.cli('run');
    const { stdout, code } = await bench.cli('download --json');
    const { defects } = await readReport(bench);
    expect(code).toBe(3);
    expect(defects.length).toBeGreaterThan(5);
    expect((JSON.parse(stdout) as Report).defects).toEqual(defects);
  });

  test('a second download asks for no results', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, { count: 3, service: { damage: { missing: 0.4 } } });
    await bench.cli('run');
    const before = requestsTo(bench.emulator, 'download').length;
    const merged = await readFile(bench.path('batch_results', 'merged.jsonl'));
    await bench.cli('download');
    expect(requestsTo(bench.emulator, 'download')).toHaveLength(before);
    expect(await readFile(bench.path('batch_results', 'merged.jsonl'))).toEqual(merged);
  });

  test('a download of some batches does not drop the others from merged.jsonl', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openRows(openWorkbench, { count: 3 });
    await bench.given('run');
    await bench.given('download --only 2');
    expect((await readMerged(bench)).map(({ batch }) => batch)).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3]);
  });

  test('results that were altered on disk answer nothing, until --force fetches them again', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openRows(openWorkbench, { count: 2 });
    await bench.given('run');
    const path = bench.path('batch_results', 'batch_001.jsonl');
    const whole = await readFile(path, 'utf8');
    await writeFile(path, whole.replace('"STOP"', '"POTS"'));
    await bench.cli('report');
    const report = await readReport(bench);
    expect(report.requests).toEqual({ planned: 6, answered: 3, failed: 0, missing: 3, pending: 0 });
    expect(report.notes.join('\n')).toContain('is not what was downloaded');
    await bench.cli('download');
    expect(await answeredIn(bench)).toEqual([4, 5, 6]);
    await bench.given('download --force');
    expect(await answeredIn(bench)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await readFile(path, 'utf8')).toBe(whole);
  });

  test('a retry never pays again for results that were only altered on disk', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openRows(openWorkbench, { count: 2 });
    await bench.given('run');
    const path = bench.path('batch_results', 'batch_001.jsonl');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"STOP"', '"POTS"'));
    await bench.cli('retry');
    await writeFile(path, 'mine\n');
    await bench.cli('retry');
    expect(bench.emulator.accepted().jobs).toHaveLength(2);
  });

  test('results that were altered on disk are no success', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, { count: 2 });
    await bench.given('run');
    const path = bench.path('batch_results', 'batch_001.jsonl');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"STOP"', '"POTS"'));
    const codes = [await bench.cli('download'), await bench.cli('run')].map(({ code }) => code);
    expect((await readReport(bench)).requests).toMatchObject({ planned: 6, answered: 3 });
    expect(codes).toEqual([3, 3]);
  });

  test('a retry never pays again for rows whose retry was only altered on disk', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openRows(openWorkbench, { service: { damage: { error: 1 }, damageOnce: true } });
    await bench.cli('run');
    await bench.cli('retry');
    await bench.given('run');
    const path = bench.path('batch_results', 'batch_900000001.jsonl');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"STOP"', '"POTS"'));
    await bench.cli('retry');
    expect(bench.emulator.accepted().jobs).toHaveLength(2);
  });

  test('a retry never pays again for results that could not be fetched just now', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openRows(openWorkbench, { count: 2 });
    await bench.given('run');
    await rm(bench.path('batch_results', 'batch_001.jsonl'));
    bench.emulator.addFault({ endpoint: 'download', kind: 'status', status: 503 });
    await bench.cli('retry');
    expect(bench.emulator.accepted().jobs).toHaveLength(2);
  });

  test('results that are gone from the disk are fetched, not paid for', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, { count: 2 });
    await bench.given('run');
    await rm(bench.path('batch_results', 'batch_001.jsonl'));
    await bench.given('retry');
    expect(bench.emulator.accepted().jobs).toHaveLength(2);
    await bench.given('download');
    expect(await answeredIn(bench)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe.concurrent('requests without keys', () => {
  const FILES = 204;

  /** One line a file, no newline at its end, as the users of the older script made them. */
  function promptOf(file: number): string {
    const pairs = Array.from(
      { length: 100 },
      (_, index) =>
        `Q${index + 1}: What is meant by indicator ${file}.${index + 1}?\nA${index + 1}: A share of ${index}.`,
    );
    return JSON.stringify({
      contents: [{ role: 'user', parts: [{ text: `Refine:\n\n${pairs.join('\n\n')}` }] }],
    });
  }

  async function openKeyless(openWorkbench: OpenWorkbench): Promise<Workbench> {
    const bench = await openWorkbench({
      batches: [],
      clock: 'real',
      service: { quotaJobs: 1000, damage: { shuffle: true } },
      env: { BATCH_SUBMIT_CONCURRENCY: '8' },
    });
    await mkdir(bench.path('batches'));
    for (let file = 1; file <= FILES; file += 1) {
      const line = `{"request":${promptOf(file)}}`;
      await writeFile(bench.path('batches', `batch_${String(file).padStart(3, '0')}_proper.jsonl`), line);
    }
    return bench;
  }

  test(
    'are matched with their answers, and their files stay as they are',
    { timeout: 60_000 },
    async ({ openWorkbench, expect }) => {
      const bench = await openKeyless(openWorkbench);
      const names = (await readdir(bench.path('batches'))).sort();
      const before = await Promise.all(names.map((name) => readFile(bench.path('batches', name), 'utf8')));
      await bench.given('run');
      const after = await Promise.all(names.map((name) => readFile(bench.path('batches', name), 'utf8')));
      expect(after).toEqual(before);

      const report = await readReport(bench);
      expect(report.requests).toEqual({ planned: FILES, answered: FILES, failed: 0, missing: 0, pending: 0 });
      expect(report.defects).toEqual([]);
      const merged = await readMerged(bench);
      expect(merged.map(({ batch, file, line }) => [batch, file, line])).toEqual(
        names.map((name, index) => [index + 1, name, 1]),
      );
      // The answer says of which file it is.
      for (const { batch, response } of merged) {
        expect(textIn(response)).toContain(`indicator ${batch}.1`);
        expect(JSON.parse(textIn(response) ?? '')).toHaveLength(100);
      }

      const keys = merged.map(({ key }) => key ?? '');
      expect(new Set(keys).size).toBe(FILES);
      for (const { name, inputFile } of bench.emulator.accepted().jobs) {
        const [key] = await bench.emulator.requestKeys(name);
        const uploaded = parseLines(String(await bench.emulator.readFile(inputFile ?? '')));
        expect(uploaded).toHaveLength(1);
        expect(uploaded[0]?.['key']).toBe(key);
        const index = keys.indexOf(key ?? '');
        expect(uploaded[0]?.['request']).toEqual(
          (JSON.parse(before[index] ?? '') as { request: Json }).request,
        );
      }

      const fresh = await openKeyless(openWorkbench);
      await fresh.given('1 12');
      const sent = (await keysOfJobs(fresh.emulator, 0)).flat();
      expect(new Set(sent)).toEqual(new Set(keys.slice(0, 12)));
    },
  );
});

describe.concurrent('a retry of rows', () => {
  test('sends only damaged rows, under their keys, and makes the answers whole', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openRows(openWorkbench, {
      count: 4,
      rows: 30,
      service: {
        damage: { ...ALL_DAMAGE, refused: 0, blocked: 0, shuffle: true },
        damageOnce: true,
        seed: 5,
      },
    });
    expect((await bench.cli('run')).code).toBe(3);
    const truth = bench.emulator.damaged();
    const lost = truth.filter((entry) => !leavesAnAnswer(entry)).map(({ key }) => key);
    expect(lost.length).toBeGreaterThan(20);
    await bench.cli('retry');
    const retried = (await keysOfJobs(bench.emulator, 4)).flat();
    expect(retried).toHaveLength(lost.length);
    expect(new Set(retried)).toEqual(new Set(lost));
    expect((await bench.cli('run')).code).toBe(0);

    const clean = await openRows(openWorkbench, { count: 4, rows: 30 });
    await clean.given('run');
    const [merged, expected] = [await readMerged(bench), await readMerged(clean)];
    // Where a bad answer and a good one came, the good one is not that of a clean run.
    const other = new Set(
      truth.filter(({ kinds }) => kinds[1] === 'conflicting').map(({ key }) => key ?? ''),
    );
    const comparable = (lines: readonly MergedLine[]): ReadonlyMap<string, string | undefined> =>
      textsOf(lines.filter(({ key }) => !other.has(key ?? '')));
    expect(comparable(merged)).toEqual(comparable(expected));
    expect(merged.every(({ response }) => textIn(response) !== undefined)).toBe(true);
    expect(truth.some(({ kinds }) => kinds[0] === 'conflicting')).toBe(true);
    expect(merged.map(({ key, batch, file, line }) => [key, batch, file, line])).toEqual(
      expected.map(({ key, batch, file, line }) => [key, batch, file, line]),
    );
    const again = merged.filter(({ attempt }) => attempt === 2).map(({ key }) => key);
    expect(new Set(again)).toEqual(new Set(lost));
    const report = await readReport(bench);
    expect(report.requests).toEqual({ planned: 120, answered: 120, failed: 0, missing: 0, pending: 0 });
    expect(report.row_retries).toMatchObject([
      { batch: 900_000_001, rows: lost.length, answered: lost.length },
    ]);

    await bench.cli('retry');
    await bench.cli('run');
    expect(bench.emulator.accepted().jobs).toHaveLength(5);
  });

  test('takes what it mended off the list of defects', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, {
      rows: 30,
      service: { damage: { error: 0.3, missing: 0.2, conflicting: 0.3 }, damageOnce: true },
    });
    await bench.cli('run');
    const mended = bench.emulator.damaged().filter((entry) => !leavesAnAnswer(entry));
    expect(mended.map(({ kinds }) => kinds[0])).toContain('conflicting');
    await bench.cli('retry');
    await bench.cli('run');
    const { defects, requests } = await readReport(bench);
    expect(requests).toMatchObject({ planned: 30, answered: 30 });
    const keys = new Set(mended.map(({ key }) => key));
    expect(defects.filter(({ key }) => keys.has(key))).toEqual([]);
  });

  test('leaves alone what a cut attempt had answered, and then all is well', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openRows(openWorkbench, {
      rows: 10,
      clock: 'virtual',
      service: {
        cancelRunning: 'cancelled',
        faults: [{ endpoint: 'batches.create', kind: 'damage', damage: { error: 1 }, at: 2 }],
      },
    });
    await bench.given();
    bench.pass(8000);
    await bench.cli('cancel 1 1 --yes');
    await bench.cli('download');
    const early = (await readMerged(bench))
      .filter(({ response }) => response !== undefined)
      .map(({ key }) => key);
    expect([early.length > 0, early.length < 10]).toEqual([true, true]);
    await bench.cli('retry');
    bench.pass(10_000);
    await bench.cli('retry');
    const [, second, third] = await keysOfJobs(bench.emulator, 0);
    expect([...early, ...(second ?? [])]).toEqual(
      Array.from({ length: 10 }, (_, index) => `b1-r${index + 1}`),
    );
    expect(third).toEqual(second);
    bench.pass(10_000);
    const { code } = await bench.cli('run');
    expect((await readReport(bench)).requests).toMatchObject({ planned: 10, answered: 10 });
    expect(code).toBe(0);
  });

  test.for([
    { line: 'retry', sendsAll: false },
    { line: 'retry --batches-only', sendsAll: true },
  ])(
    'of a cancelled batch with some answers: $line',
    async ({ line, sendsAll }, { openWorkbench, expect }) => {
      const bench = await openRows(openWorkbench, {
        rows: 10,
        clock: 'virtual',
        service: { cancelRunning: 'cancelled' },
      });
      await bench.given();
      bench.pass(8000);
      await bench.cli('cancel 1 1 --yes');
      await bench.cli('download');
      const all = (await readMerged(bench)).map(({ key }) => key);
      const answered = await answeredIn(bench);
      expect([all.length, answered.length > 0, answered.length < 10]).toEqual([10, true, true]);
      await bench.cli(line);
      const unanswered = all.filter((_, index) => !answered.includes(index + 1));
      expect(await keysOfJobs(bench.emulator, 1)).toEqual([sendsAll ? all : unanswered]);
    },
  );

  test('leaves what is refused for good, until --reason names it', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, {
      rows: 40,
      service: { damage: { refused: 0.3, error: 0.3 }, damageOnce: true },
    });
    await bench.cli('run');
    const keysOf = (kind: DamageKind): readonly (string | null)[] =>
      bench.emulator
        .damaged()
        .filter(({ kinds }) => kinds.includes(kind))
        .map(({ key }) => key);
    const [refused, passing] = [keysOf('refused'), keysOf('error')];
    expect([refused.length > 4, passing.length > 4]).toEqual([true, true]);
    const { stderr } = await bench.cli('retry');
    expect(await keysOfJobs(bench.emulator, 1)).toEqual([passing]);
    expect(stderr).toContain(`${refused.length} rows are refused for good`);
    await bench.cli('retry --reason error');
    expect(await keysOfJobs(bench.emulator, 2)).toEqual([refused]);
  });

  test('--reason takes only the kinds it names', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, {
      rows: 40,
      service: { damage: { truncated: 0.3, missing: 0.3 } },
    });
    await bench.cli('run');
    const missing = bench.emulator.damaged().filter(({ kinds }) => kinds.includes('missing'));
    await bench.cli('retry --reason missing');
    expect(await keysOfJobs(bench.emulator, 1)).toEqual([missing.map(({ key }) => key)]);
  });

  test('sends a row three times at most, unless --max-attempts allows more', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openRows(openWorkbench, { rows: 2, service: { damage: { error: 1 } } });
    await bench.cli('run');
    for (const jobs of [2, 3, 3]) {
      await bench.cli('retry');
      await bench.cli('run');
      expect(bench.emulator.accepted().jobs).toHaveLength(jobs);
    }
    expect((await readMerged(bench)).map(({ attempt }) => attempt)).toEqual([3, 3]);
    expect((await bench.cli('retry')).stderr).toContain('2 rows were sent as often as allowed');
    await bench.cli('retry --max-attempts 4');
    expect(await keysOfJobs(bench.emulator, 0)).toEqual(Array.from({ length: 4 }, () => ['b1-r1', 'b1-r2']));
  });

  test('--dry-run writes and sends nothing, and says which rows', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, { count: 2, service: { damage: { error: 1 } } });
    await bench.cli('run');
    const requests = bench.emulator.requests().length;
    const look = async (): Promise<unknown> =>
      await Promise.all([readdir(bench.folder), readState(bench.folder), readMerged(bench)]);
    const before = await look();
    const { stdout, code } = await bench.cli('retry --dry-run --json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      rowRetries: [
        {
          batch: 900_000_001,
          rows: 6,
          sources: [
            { batch: 1, lines: '1-3' },
            { batch: 2, lines: '1-3' },
          ],
        },
      ],
    });
    expect(await look()).toEqual(before);
    expect(bench.emulator.requests()).toHaveLength(requests);
  });

  test('that is on its way is not sent a second time', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, {
      clock: 'virtual',
      service: { damage: { error: 1 }, damageOnce: true },
    });
    await bench.given();
    bench.pass(10_000);
    await bench.cli('download');
    await bench.cli('retry');
    await bench.cli('retry');
    await bench.cli('retry --reason error --max-attempts 9');
    expect(bench.emulator.accepted().jobs).toHaveLength(2);
    await bench.cli('download');
    expect((await readMerged(bench)).map(({ reason }) => reason?.kind)).toEqual([
      'pending',
      'pending',
      'pending',
    ]);
    bench.pass(10_000);
    await bench.given('download');
    expect((await readMerged(bench)).every(({ response }) => response !== undefined)).toBe(true);
  });

  test('that was killed before it submitted goes on with the same rows, once', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openRows(openWorkbench, {
      rows: 20,
      service: { damage: { missing: 0.4 }, damageOnce: true },
    });
    await bench.cli('run');
    const lost = bench.emulator.damaged().map(({ key }) => key);
    expect(lost.length).toBeGreaterThan(2);
    bench.emulator.addFault({ endpoint: 'upload.start', kind: 'hang' });
    const starts = requestsTo(bench.emulator, 'upload.start').length;
    const killed = bench.start('retry');
    await until('the upload began', () => requestsTo(bench.emulator, 'upload.start').length > starts);
    killed.signal('SIGKILL');
    await killed.ended;
    bench.emulator.clearFaults();
    await bench.cli();
    await bench.cli();
    expect(await keysOfJobs(bench.emulator, 1)).toEqual([lost]);
    await bench.given('run');
    expect((await readMerged(bench)).every(({ response }) => response !== undefined)).toBe(true);
  });

  test('finds its rows again when the staged file is gone', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, { service: { damage: { error: 1 }, damageOnce: true } });
    await bench.cli('run');
    expect((await bench.cli('retry --model no-such-model')).code).toBe(2);
    await rm(bench.path('batch_submission_state.json.staged'), { recursive: true });
    await bench.cli('retry');
    expect(await keysOfJobs(bench.emulator, 1)).toEqual([['b1-r1', 'b1-r2', 'b1-r3']]);
    await bench.given('run');
  });

  test('that was stopped before its job was made has its rows found again by run', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openRows(openWorkbench, { service: { damage: { error: 1 }, damageOnce: true } });
    await bench.cli('run');
    expect((await bench.cli('retry --model no-such-model')).code).toBe(2);
    expect(bench.emulator.accepted().jobs).toHaveLength(1);
    await rm(bench.path('batch_submission_state.json.staged'), { recursive: true });
    await bench.given('run');
    expect(await keysOfJobs(bench.emulator, 1)).toEqual([['b1-r1', 'b1-r2', 'b1-r3']]);
    expect((await readReport(bench)).requests).toMatchObject({ planned: 3, answered: 3 });
  });

  test('sends requests that have no key under the keys that were made for them', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openRows(openWorkbench, {
      count: 0,
      service: { damage: { error: 0.5 }, damageOnce: true },
    });
    const line = (text: string): string => JSON.stringify({ contents: [{ parts: [{ text }] }] });
    const lines = Array.from({ length: 20 }, (_, index) => line(`What is indicator ${index % 15}?`));
    await writeFile(bench.path('batches', 'batch_001.jsonl'), lines.join('\r\n\r\n'));
    await bench.cli('run');
    const damaged = bench.emulator.damaged().map(({ key }) => key);
    expect([damaged.length > 3, damaged.length < 17]).toEqual([true, true]);
    await bench.cli('retry');
    expect(await keysOfJobs(bench.emulator, 1)).toEqual([damaged]);
    await bench.given('run');
    const merged = await readMerged(bench);
    expect(merged.map((row) => row.line)).toEqual(lines.map((_, index) => 2 * index + 1));
    expect(merged.map(({ key }) => key)).toEqual((await keysOfJobs(bench.emulator, 0))[0]);
    expect(merged.every(({ response }) => response !== undefined)).toBe(true);
  });

  test('is narrowed by --only and by --limit', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, {
      count: 3,
      keyOf: (_batch, row) => `row-${row}`,
      service: { damage: { error: 1 }, damageOnce: true },
    });
    await bench.cli('run');
    await bench.cli('retry --only 2');
    expect(bench.emulator.accepted().jobs).toHaveLength(4);
    const state: Json = JSON.parse(await readFile(bench.path('batch_submission_state.json'), 'utf8'));
    expect(state).toMatchObject({ batches: { 900000001: { rowsOf: [{ batch: 2, lines: '1-3' }] } } });
    await bench.cli('retry --limit 1');
    expect(bench.emulator.accepted().jobs).toHaveLength(5);
  });

  test('of rows of a batch that --only leaves out is not sent again', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, {
      count: 2,
      service: {
        damage: { error: 1 },
        damageOnce: true,
        outcome: ({ number }) => (number === 3 ? 'failed' : undefined),
      },
    });
    await bench.cli('run');
    await bench.cli('retry --only 1');
    await bench.cli('run');
    expect(bench.emulator.accepted().jobs).toHaveLength(3);
    expect(await readState(bench.folder)).toMatchObject({ batches: { 900000001: { status: 'failed' } } });
    await bench.cli('retry --only 2');
    expect(await keysOfJobs(bench.emulator, 3)).toEqual([['b2-r1', 'b2-r2', 'b2-r3']]);
    await bench.cli('retry --only 1');
    expect(await keysOfJobs(bench.emulator, 4)).toEqual([['b1-r1', 'b1-r2', 'b1-r3']]);
  });

  test('goes on with as many begun ones as --limit allows', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, {
      count: 3,
      keyOf: (_batch, row) => `row-${row}`,
      service: { damage: { error: 1 }, damageOnce: true },
    });
    await bench.cli('run');
    expect((await bench.cli('retry --model no-such-model')).code).toBe(2);
    expect(Object.keys((await readState(bench.folder)).batches)).toHaveLength(6);
    for (const jobs of [4, 5]) {
      await bench.cli('retry --limit 1');
      expect(bench.emulator.accepted().jobs).toHaveLength(jobs);
    }
  });

  test('cannot send rows of a file that was edited, and says so', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, { service: { damage: { error: 1 }, damageOnce: true } });
    await bench.cli('run');
    await writeFile(
      bench.path('batches', 'batch_001.jsonl'),
      rowsText(1, 3, (row) => `edited-${row}`),
    );
    expect((await bench.cli('retry')).stderr).toContain('3 rows cannot be sent again');
    expect(bench.emulator.accepted().jobs).toHaveLength(1);
    await bench.cli('report');
    expect((await readReport(bench)).notes.join('\n')).toMatch(/edited|changed/);
  });

  test('makes one job for each use of a key in different files', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, {
      count: 3,
      rows: 4,
      keyOf: (_batch, row) => `row-${row}`,
      service: { damage: { error: 1 }, damageOnce: true },
    });
    await bench.cli('run');
    await bench.cli('retry');
    const jobs = await keysOfJobs(bench.emulator, 3);
    expect(jobs).toEqual(Array.from({ length: 3 }, () => ['row-1', 'row-2', 'row-3', 'row-4']));
    await bench.given('run');
    const merged = await readMerged(bench);
    const clean = await openRows(openWorkbench, { count: 3, rows: 4, keyOf: (_batch, row) => `row-${row}` });
    await clean.given('run');
    expect(merged.map(({ batch, line, response }) => [batch, line, textIn(response)])).toEqual(
      (await readMerged(clean)).map(({ batch, line, response }) => [batch, line, textIn(response)]),
    );
  });
});

describe.concurrent('results that the service has dropped', () => {
  test('fail the run, and are paid for again only when they are named', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, {
      count: 2,
      clock: 'virtual',
      service: { resultTtlMs: 60_000 },
    });
    await bench.given();
    bench.pass(10_000);
    await bench.given('download --only 1');
    bench.pass(120_000);
    expect((await bench.cli('run')).code).toBe(3);
    const { requests } = await readReport(bench);
    expectSum(expect, requests);
    expect(requests).toMatchObject({ planned: 6, answered: 3, missing: 3 });
    expect((await readMerged(bench)).map(({ reason }) => reason?.reason)).toEqual([
      undefined,
      undefined,
      undefined,
      'results_lost',
      'results_lost',
      'results_lost',
    ]);
    expect((await bench.cli('retry')).code).toBe(3);
    expect(bench.emulator.accepted().jobs).toHaveLength(2);
    await bench.given('retry --status lost');
    expect(await keysOfJobs(bench.emulator, 2)).toEqual([['b2-r1', 'b2-r2', 'b2-r3']]);
    await bench.cli('retry --status lost');
    expect(bench.emulator.accepted().jobs).toHaveLength(3);
    bench.pass(10_000);
    await bench.given('run');
    expect((await readMerged(bench)).map(({ attempt }) => attempt)).toEqual([1, 1, 1, 2, 2, 2]);
  });

  test('after they were saved do not keep missing rows from being sent', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openRows(openWorkbench, {
      rows: 20,
      clock: 'virtual',
      service: { resultTtlMs: 60_000, damage: { missing: 0.4 }, damageOnce: true },
    });
    await bench.given();
    bench.pass(10_000);
    await bench.cli('download');
    const lost = bench.emulator.damaged().map(({ key }) => key);
    expect([lost.length > 2, lost.length < 18]).toEqual([true, true]);
    bench.pass(120_000);
    await bench.cli('retry');
    expect(await keysOfJobs(bench.emulator, 1)).toEqual([lost]);
  });

  test('and that are gone from the disk too leave the fuller merged file behind', async ({
    openWorkbench,
    expect,
  }) => {
    const bench = await openRows(openWorkbench, {
      count: 2,
      clock: 'virtual',
      service: { resultTtlMs: 60_000 },
    });
    await bench.given();
    bench.pass(10_000);
    await bench.given('run');
    const path = bench.path('batch_results', 'merged.jsonl');
    const whole = await readFile(path, 'utf8');
    expect(await answeredIn(bench)).toEqual([1, 2, 3, 4, 5, 6]);
    await rm(bench.path('batch_results', 'batch_001.jsonl'));
    bench.pass(120_000);
    const { stderr } = await bench.cli('download');
    expect(stderr).toMatch(/holds answers that the new one does not.*merged\.previous\.jsonl/s);
    expect(await answeredIn(bench)).toEqual([4, 5, 6]);
    expect(await readFile(bench.path('batch_results', 'merged.previous.jsonl'), 'utf8')).toBe(whole);
  });
});

describe.concurrent('a canary', () => {
  test('that passes lets the rest follow', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, { count: 3 });
    const { stderr } = await bench.given('run --canary --yes');
    expect(stderr).toContain('Canary passed: 3 of 3 requests answered');
    expect(bench.emulator.accepted().jobs).toHaveLength(3);
    expect((await readReport(bench)).requests).toMatchObject({ planned: 9, answered: 9 });
  });

  test.for<ResultDamage>([{ error: 1 }, { missing: 1 }, { foreign: 1 }])(
    'with %o stops everything, and says what it cost',
    async (damage, { openWorkbench, expect }) => {
      const bench = await openRows(openWorkbench, { count: 3, service: { damage } });
      const { code, stderr } = await bench.cli('run --canary --yes');
      expect(code).toBe(3);
      expect(bench.emulator.accepted().jobs).toHaveLength(1);
      expect(stderr).toMatch(/It cost \d+ tokens in, \d+ out, about \S+ USD/);
      expect(stderr).toContain('2 batches were not submitted.');
    },
  );

  test('sends nothing where nobody can be asked', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, { count: 3 });
    for (const line of ['run --canary', '--canary']) expect((await bench.cli(line)).code).toBe(2);
    expect(bench.emulator.requests()).toEqual([]);
  });

  test.for([
    { answer: 'n', jobs: 1 },
    { answer: 'y', jobs: 3 },
  ])(
    'asks at a terminal, where "$answer" makes $jobs jobs',
    async ({ answer, jobs }, { openWorkbench, expect }) => {
      const bench = await openRows(openWorkbench, { count: 3 });
      const terminal = createTerminal({
        argv: [
          'submit',
          '--canary',
          '--no-env-file',
          '--state',
          bench.path('state.json'),
          '--log',
          bench.path('log.jsonl'),
        ],
        env: {
          GEMINI_API_KEY: FAKE_KEY,
          NO_COLOR: '1',
          BATCH_SUBMIT_BASE_URL: bench.emulator.url,
          BATCH_SUBMIT_CONCURRENCY: '1',
          BATCH_SUBMIT_POLL: '50ms',
          BATCH_SUBMIT_INPUT: bench.path('batches'),
          BATCH_SUBMIT_OUTPUT: bench.path('batch_results'),
        },
        answer,
      });
      expect(await main(terminal.io)).toBe(0);
      expect(terminal.stderr()).toContain('Submit the other 2 batches? [y/N]');
      expect(terminal.stderr()).toContain('Answer to batch 1, line 1, key b1-r1:');
      expect(bench.emulator.accepted().jobs).toHaveLength(jobs);
    },
  );
});

describe.concurrent('the report', () => {
  test('comes as a table and as a page', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, {
      count: 2,
      rows: 10,
      service: { damage: { truncated: 0.5 } },
    });
    await bench.cli('run');
    const { defects } = await readReport(bench);
    await bench.given('report --markdown --html');
    const [markdown, html] = await Promise.all(
      ['md', 'html'].map((extension) =>
        readFile(bench.path(`batch_submission_final_report.${extension}`), 'utf8'),
      ),
    );
    expect(defects.length).toBeGreaterThan(3);
    for (const page of [markdown, html]) {
      expect(page).toContain('truncated');
      expect(page).toContain(`${20 - defects.length}`);
    }
    expect(html).toMatch(/^<!doctype html>/i);
    // A page that is opened years later, without a network.
    expect(html).not.toMatch(/(?:src|href)="https?:/);
  });

  test('--output - prints it and writes nothing', async ({ openWorkbench, expect }) => {
    const bench = await openRows(openWorkbench, { count: 2 });
    await bench.given('run');
    await copyFile(bench.path('batch_submission_final_report.json'), bench.path('before.json'));
    const names = await readdir(bench.folder);
    const plain = await bench.given('report --output -');
    expect(JSON.parse(plain.stdout)).toMatchObject({ requests: { planned: 6, answered: 6 }, defects: [] });
    const { stdout } = await bench.given('report --markdown --output -');
    expect(stdout).toMatch(/^#/m);
    expect(await readdir(bench.folder)).toEqual(names);
    expect(await readFile(bench.path('batch_submission_final_report.json'))).toEqual(
      await readFile(bench.path('before.json')),
    );
  });
});
