import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { FinalRow } from '../../src/audit/final-row.ts';
import { reconcileBatch } from '../../src/audit/reconcile-batch.ts';
import { readRowRetries } from '../../src/audit/row-retries.ts';
import { reconcile } from '../../src/collect/reconcile.ts';
import type {
  BatchRecord,
  EarlierAttempt,
  InputFacts,
  RowSource,
  SavedResult,
} from '../../src/model/batch-record.ts';
import type { SubmissionState } from '../../src/model/submission-state.ts';

const AT = '2026-11-22T14:00:00.000Z';
const JOB = { name: 'batches/one' };
const FIRST_RETRY = 900_000_001;

/** A folder with input and results files, and records that speak of them. */
interface Folder {
  /** An input with these keys, one a line. */
  readonly input: (name: string, keys: string) => Promise<InputFacts>;
  /** Results: `a1` answers a with text 1, `a!` with an error. */
  readonly results: (name: string, marks: string) => Promise<SavedResult>;
}

async function openFolder(): Promise<Folder> {
  const folder = await mkdtemp(join(tmpdir(), 'row-outcomes-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const save = async (name: string, text: string): Promise<InputFacts> => {
    const path = join(folder, name);
    await writeFile(path, text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    return { path, sizeBytes: Buffer.byteLength(text), sha256, lines: text.split('\n').length - 1 };
  };
  return {
    input: async (name, keys) =>
      await save(
        name,
        Array.from(
          keys,
          (key) => `{"key":"${key}","request":{"contents":[{"parts":[{"text":"Explain ${key}."}]}]}}\n`,
        ).join(''),
      ),
    async results(name, marks) {
      const lines = marks.split(' ').filter((mark) => mark !== '');
      const text = lines.map((mark) => `${resultLine(mark)}\n`).join('');
      return { ...(await save(name, text)), answered: 0, failed: 0, savedAt: AT };
    },
  };
}

function resultLine(mark: string): string {
  const [key, what] = mark;
  if (what === '!') return JSON.stringify({ key, error: { code: 4, message: 'Deadline expired.' } });
  const content = { parts: [{ text: `It is number ${what}.` }] };
  return JSON.stringify({ key, response: { candidates: [{ content, finishReason: 'STOP' }] } });
}

function collected(input: InputFacts, saved: SavedResult, more: Partial<BatchRecord> = {}): BatchRecord {
  return {
    status: 'collected',
    attempt: 1,
    input,
    job: JOB,
    endedAt: AT,
    saved,
    ...more,
  } as BatchRecord;
}

function stateOf(records: Readonly<Record<number, BatchRecord>>): SubmissionState {
  const batches = new Map(Object.entries(records).map(([batch, record]) => [Number(batch), record]));
  return { stateId: 'k3v9q2ma', createdAt: AT, lastRun: undefined, batches };
}

/** Each row of batch 1 as `kind attempt/tries results-file:line`, with `open` and `claimed`. */
async function outcomes(records: Readonly<Record<number, BatchRecord>>): Promise<readonly string[]> {
  return (await rowsOf(records)).rows.map(
    ({ judgement, attempt, tries, place, isOpen, isClaimed }) =>
      `${judgement?.kind ?? 'missing'} ${attempt}/${tries}` +
      (place === undefined ? '' : ` ${basename(place.path, '.jsonl')}:${place.resultLine}`) +
      (isOpen ? ' open' : '') +
      (isClaimed ? ' claimed' : ''),
  );
}

async function rowsOf(
  records: Readonly<Record<number, BatchRecord>>,
): Promise<{ readonly rows: readonly FinalRow[]; readonly caveats: ReadonlySet<string> }> {
  const state = stateOf(records);
  const [record] = Object.values(records);
  if (record === undefined) throw new Error('no record');
  const rows: FinalRow[] = [];
  const retries = await readRowRetries(state, undefined);
  const { caveats } = await reconcileBatch(
    1,
    record,
    retries,
    (some) => {
      rows.push(...some);
      return Promise.resolve();
    },
    undefined,
  );
  return { rows, caveats };
}

const ROWS_OF = (lines: string): { readonly rowsOf: readonly RowSource[] } => ({
  rowsOf: [{ batch: 1, lines }],
});

describe('a row of a batch', () => {
  test('comes to what its results say', async () => {
    const { input, results } = await openFolder();
    const record = collected(await input('in.jsonl', 'abc'), await results('own.jsonl', 'c1 a!'));
    expect(await outcomes({ 1: record })).toEqual(['error 1/1 own:2', 'missing 1/1', 'answered 1/1 own:1']);
  });

  test('that was answered in an earlier attempt stays answered', async () => {
    const { input, results } = await openFolder();
    const earlier: readonly EarlierAttempt[] = [
      {
        attempt: 1,
        jobName: 'batches/first',
        ended: 'expired',
        saved: await results('first.jsonl', 'a1 b!'),
      },
      {
        attempt: 2,
        jobName: 'batches/second',
        ended: 'cancelled',
        saved: await results('second.jsonl', 'b2'),
      },
    ];
    const record = collected(await input('in.jsonl', 'abcd'), await results('own.jsonl', 'a! b! c3'), {
      attempt: 3,
      earlier,
    });
    expect(await outcomes({ 1: record })).toEqual([
      'answered 1/3 first:1',
      'answered 2/3 second:1',
      'answered 3/3 own:3',
      'missing 3/3',
    ]);
  });

  test('has the newest answer of several, and else the newest word', async () => {
    const { input, results } = await openFolder();
    const earlier = [{ attempt: 1, ended: 'expired', saved: await results('first.jsonl', 'a1 b!') }];
    const record = collected(await input('in.jsonl', 'ab'), await results('own.jsonl', 'a2 b!'), {
      attempt: 2,
      earlier,
    });
    expect(await outcomes({ 1: record })).toEqual(['answered 2/2 own:1', 'error 2/2 own:2']);
  });

  test.for<[string, 'ab' | 'ba', string, readonly string[]]>([
    ['as it is now', 'ab', 'answered 1/2 first:1', []],
    ['as it was before it was edited', 'ba', 'error 2/2 own:1', ['other_input']],
  ])('has the answer to an earlier attempt at the file %s', async ([, keys, row, caveats]) => {
    const { input, results } = await openFolder();
    const first: EarlierAttempt = {
      attempt: 1,
      ended: 'expired',
      input: await input('first-in.jsonl', keys),
      saved: await results('first.jsonl', 'a1'),
    };
    const record = collected(await input('in.jsonl', 'ab'), await results('own.jsonl', 'a! b2'), {
      attempt: 2,
      earlier: [first],
    });
    expect(await outcomes({ 1: record })).toEqual([row, 'answered 2/2 own:2']);
    expect((await rowsOf({ 1: record })).caveats).toEqual(new Set(caveats));
  });

  test.for<['submitted' | 'failed' | 'expired' | 'cancelled', string]>([
    ['submitted', 'missing 1/1 open'],
    ['failed', 'missing 1/1'],
    ['expired', 'missing 1/1'],
    ['cancelled', 'missing 1/1'],
  ])('of a batch that is %s and left nothing', async ([status, row]) => {
    const { input } = await openFolder();
    const common = { attempt: 1, input: await input('in.jsonl', 'a'), job: JOB };
    const record: BatchRecord =
      status === 'submitted'
        ? { ...common, status, jobState: 'running' }
        : status === 'failed'
          ? { ...common, status, step: 'job', reason: 'r', detail: 'd', failedAt: AT }
          : { ...common, status, endedAt: AT };
    expect(await outcomes({ 1: record })).toEqual([row]);
  });

  test('of results that the service has dropped is no longer open', async () => {
    const { input } = await openFolder();
    const common = { attempt: 1, input: await input('in.jsonl', 'a'), job: JOB, endedAt: AT } as const;
    expect(await outcomes({ 1: { ...common, status: 'succeeded' } })).toEqual(['missing 1/1 open']);
    const lost: BatchRecord = { ...common, status: 'succeeded', lostSince: AT };
    expect(await outcomes({ 1: lost })).toEqual(['missing 1/1']);
    const { defects } = await reconcile(stateOf({ 1: lost }), [1], undefined, undefined);
    expect(defects).toEqual([{ batch: 1, line: 1, key: 'a', kind: 'missing', reason: 'results_lost' }]);
  });
});

describe('a retry of rows', () => {
  test('answers the rows that it sent, and no others', async () => {
    const { input, results } = await openFolder();
    const own = collected(await input('in.jsonl', 'abc'), await results('own.jsonl', 'a! b! c1'));
    const retry = collected(
      await input('again.jsonl', 'b'),
      await results('again-out.jsonl', 'b2'),
      ROWS_OF('2'),
    );
    expect(await outcomes({ 1: own, [FIRST_RETRY]: retry })).toEqual([
      'error 1/1 own:1',
      'answered 2/2 again-out:1',
      'answered 1/1 own:3',
    ]);
  });

  test('of a retry counts on, and the newest word is told', async () => {
    const { input, results } = await openFolder();
    const own = collected(await input('in.jsonl', 'abcd'), await results('own.jsonl', 'a! b!'));
    const first = collected(
      await input('again1.jsonl', 'abcd'),
      await results('out1.jsonl', 'a! b! c! d4'),
      ROWS_OF('1-4'),
    );
    const second = collected(
      await input('again2.jsonl', 'abc'),
      await results('out2.jsonl', 'b5 c!'),
      ROWS_OF('1-3'),
    );
    expect(await outcomes({ 1: own, [FIRST_RETRY]: first, [FIRST_RETRY + 1]: second })).toEqual([
      'error 2/3 out1:1',
      'answered 3/3 out2:1',
      'error 3/3 out2:2',
      'answered 2/2 out1:4',
    ]);
  });

  test('takes its rows from several batches, told apart by their lines', async () => {
    const { input, results } = await openFolder();
    const one = collected(await input('in1.jsonl', 'ab'), await results('own1.jsonl', 'a! b!'));
    const two = collected(await input('in2.jsonl', 'cd'), await results('own2.jsonl', 'c! d!'));
    const rowsOfBoth: readonly RowSource[] = [
      { batch: 1, lines: '2' },
      { batch: 2, lines: '1-2' },
    ];
    const retry = collected(await input('again.jsonl', 'bcd'), await results('out.jsonl', 'd3 c2 b1'), {
      rowsOf: rowsOfBoth,
    });
    const state = stateOf({ 1: one, 2: two, [FIRST_RETRY]: retry });
    const { batches, defects } = await reconcile(state, [1, 2, FIRST_RETRY], undefined, undefined);
    expect(batches).toMatchObject([
      { batch: 1, planned: 2, answered: 1, failed: 1 },
      { batch: 2, planned: 2, answered: 2, failed: 0 },
    ]);
    expect(defects).toMatchObject([{ batch: 1, line: 1, key: 'a', kind: 'error', code: 4 }]);
  });

  test('on its way holds its rows, which are pending', async () => {
    const { input, results } = await openFolder();
    const own = collected(await input('in.jsonl', 'ab'), await results('own.jsonl', 'a! b1'));
    const again = await input('again.jsonl', 'a');
    const live: readonly BatchRecord[] = [
      { status: 'pending', attempt: 1, ...ROWS_OF('1') },
      { status: 'uploading', attempt: 1, input: again, fileName: 'files/x', startedAt: AT, ...ROWS_OF('1') },
      { status: 'submitted', attempt: 1, input: again, job: JOB, jobState: 'running', ...ROWS_OF('1') },
      { status: 'succeeded', attempt: 1, input: again, job: JOB, endedAt: AT, ...ROWS_OF('1') },
    ];
    for (const retry of live) {
      const tries = 'job' in retry ? 2 : 1;
      expect(await outcomes({ 1: own, [FIRST_RETRY]: retry })).toEqual([
        `error 1/${tries} own:1 open claimed`,
        'answered 1/1 own:2',
      ]);
    }
    const state = stateOf({ 1: own, [FIRST_RETRY]: { status: 'pending', attempt: 1, ...ROWS_OF('1') } });
    const { batches, defects } = await reconcile(state, [1], undefined, undefined);
    expect(batches).toMatchObject([{ planned: 2, answered: 1, failed: 0, missing: 0, pending: 1 }]);
    expect(defects).toEqual([]);
  });

  test('that has ended without answers lets its rows go, and counts as a try if they were sent', async () => {
    const { input, results } = await openFolder();
    const own = collected(await input('in.jsonl', 'a'), await results('own.jsonl', 'a!'));
    const again = await input('again.jsonl', 'a');
    const ended = { attempt: 1, input: again, job: JOB, endedAt: AT, ...ROWS_OF('1') } as const;
    const failed = { ...ROWS_OF('1'), status: 'failed', attempt: 1, detail: 'd', failedAt: AT } as const;
    const refused = { ...failed, step: 'create', reason: 'INVALID_ARGUMENT', input: again } as const;
    const missing = { ...failed, step: 'job', reason: 'missing', input: again, job: JOB } as const;
    const rowBy = async (retry: BatchRecord): Promise<readonly string[]> =>
      await outcomes({ 1: own, [FIRST_RETRY]: retry });
    expect(await rowBy({ ...ended, status: 'expired' })).toEqual(['error 1/2 own:1']);
    expect(await rowBy({ ...ended, status: 'cancelled' })).toEqual(['error 1/2 own:1']);
    expect(await rowBy(refused)).toEqual(['error 1/1 own:1']);
    // It may be running where this key cannot see it.
    expect(await rowBy(missing)).toEqual(['error 1/2 own:1 claimed']);
  });

  test('says nothing about the lines of another file', async () => {
    const { input, results } = await openFolder();
    const before = await input('in.jsonl', 'ab');
    const retry = collected(await input('again.jsonl', 'b'), await results('out.jsonl', 'b2'), {
      rowsOf: [{ batch: 1, lines: '2', inputSha256: before.sha256 }],
    });
    const after = await input('in.jsonl', 'xab');
    const own = collected(after, await results('own.jsonl', 'x! a! b!'), { attempt: 2 });
    const records = { 1: own, [FIRST_RETRY]: retry };
    expect(await outcomes(records)).toEqual(['error 2/2 own:1', 'error 2/2 own:2', 'error 2/2 own:3']);
    expect((await rowsOf(records)).caveats).toEqual(new Set(['other_input']));
  });

  test('that was cut short keeps what it had answered when it is tried again', async () => {
    const { input, results } = await openFolder();
    const own = collected(await input('in.jsonl', 'ab'), await results('own.jsonl', 'a! b!'));
    const again = await input('again.jsonl', 'ab');
    const partial = await results('partial.jsonl', 'a1');
    const rows = ROWS_OF('1-2');
    const cut: BatchRecord = {
      ...rows,
      status: 'cancelled',
      attempt: 1,
      input: again,
      job: JOB,
      endedAt: AT,
      saved: partial,
    };
    expect((await outcomes({ 1: own, [FIRST_RETRY]: cut }))[0]).toBe('answered 2/2 partial:1');
    const second = collected(again, await results('out.jsonl', 'a! b2'), {
      ...rows,
      attempt: 2,
      earlier: [{ attempt: 1, ended: 'cancelled', saved: partial }],
    });
    expect(await outcomes({ 1: own, [FIRST_RETRY]: second })).toEqual([
      'answered 2/3 partial:1',
      'answered 3/3 out:2',
    ]);
  });
});

describe('a file that is not what it was', () => {
  async function prepared(): Promise<{
    readonly record: BatchRecord;
    readonly inputPath: string;
    readonly resultsPath: string;
  }> {
    const { input, results } = await openFolder();
    const [facts, saved] = [await input('in.jsonl', 'ab'), await results('own.jsonl', 'b1 a2')];
    return { record: collected(facts, saved), inputPath: facts.path, resultsPath: saved.path };
  }

  test('an input that was edited leaves the keys of the results as rows, and is told', async () => {
    const { record, inputPath } = await prepared();
    await writeFile(inputPath, '{"key":"b","request":{"contents":[]}}\n');
    const { rows, caveats } = await rowsOf({ 1: record });
    expect(caveats).toEqual(new Set(['input_changed']));
    expect(rows.map(({ line, key, judgement }) => [line, key, judgement?.kind])).toEqual([
      [null, undefined, 'answered'],
      [null, undefined, 'answered'],
    ]);
    const { batches } = await reconcile(stateOf({ 1: record }), [1], undefined, undefined);
    expect(batches).toMatchObject([{ planned: 2, answered: 2, missing: 0 }]);
  });

  test('an input that is gone is no different', async () => {
    const { record, inputPath } = await prepared();
    await rm(inputPath);
    expect((await rowsOf({ 1: record })).caveats).toEqual(new Set(['input_changed']));
  });

  describe('keeps what retries answered', () => {
    test('to its own lines, and beside them for requests that got no line', async () => {
      const { input, results } = await openFolder();
      const facts = await input('in.jsonl', 'abcd');
      const own = collected(facts, await results('own.jsonl', 'a! c1 d!'));
      const again = collected(await input('again.jsonl', 'abd'), await results('again-out.jsonl', 'b2 a3'), {
        ...ROWS_OF('1-2, 4'),
      });
      const records = { 1: own, [FIRST_RETRY]: again };
      const lines = async (): Promise<readonly (number | null)[]> =>
        (await rowsOf(records)).rows.map(({ line }) => line);
      const expected = ['answered 2/2 again-out:2', 'answered 1/1 own:2', 'error 1/2 own:3'];
      expect(await outcomes(records)).toEqual([
        expected[0],
        'answered 2/2 again-out:1',
        expected[1],
        expected[2],
      ]);
      await rm(facts.path);
      expect(await outcomes(records)).toEqual([...expected, 'answered 2/2 again-out:1']);
      expect(await lines()).toEqual([1, null, 4, 2]);
      const { batches } = await reconcile(stateOf(records), [1], undefined, undefined);
      expect(batches).toMatchObject([{ planned: 4, answered: 3, failed: 1, missing: 0, pending: 0 }]);
    });

    test('a retry under way leaves its rows open', async () => {
      const { input, results } = await openFolder();
      const facts = await input('in.jsonl', 'ab');
      const records = {
        1: collected(facts, await results('own.jsonl', 'a!')),
        [FIRST_RETRY]: {
          status: 'submitted',
          attempt: 1,
          input: await input('again.jsonl', 'ab'),
          job: JOB,
          ...ROWS_OF('1-2'),
        } as BatchRecord,
      };
      await rm(facts.path);
      expect(await outcomes(records)).toEqual(['error 1/2 own:1 open claimed', 'missing 2/2 open claimed']);
    });
  });

  test('results that were altered answer nothing', async () => {
    const { record, resultsPath } = await prepared();
    await writeFile(resultsPath, `${resultLine('a1')}\n${resultLine('b1')}\n`);
    const { rows, caveats } = await rowsOf({ 1: record });
    expect(caveats).toEqual(new Set(['altered']));
    expect(rows.map(({ judgement, place }) => [judgement, place])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  test('results that are gone answer nothing', async () => {
    const { record, resultsPath } = await prepared();
    await rm(resultsPath);
    expect((await rowsOf({ 1: record })).caveats).toEqual(new Set(['gone']));
    expect(await outcomes({ 1: record })).toEqual(['missing 1/1', 'missing 1/1']);
  });

  test('with both gone every request is still owed', async () => {
    const { record, inputPath, resultsPath } = await prepared();
    await rm(inputPath);
    await rm(resultsPath);
    const { batches } = await reconcile(stateOf({ 1: record }), [1], undefined, undefined);
    expect(batches).toMatchObject([{ planned: 2, answered: 0, failed: 0, missing: 2, pending: 0 }]);
  });
});

test('a batch made ready for another attempt keeps what its last one answered', async () => {
  const { results } = await openFolder();
  const saved = await results('partial.jsonl', 'a1');
  const record: BatchRecord = {
    status: 'pending',
    attempt: 2,
    earlier: [{ attempt: 1, jobName: 'batches/first', ended: 'cancelled', saved }],
  };
  const { batches } = await reconcile(stateOf({ 1: record }), [1], undefined, undefined);
  expect(batches).toMatchObject([{ batch: 1, answered: 1 }]);
});
