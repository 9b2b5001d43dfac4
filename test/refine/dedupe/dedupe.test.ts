import { appendFile, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dedupeRecords, type DedupeOptions } from '../../../src/refine/dedupe/dedupe.ts';
import { findDuplicates } from '../../../src/refine/dedupe/find-duplicates.ts';
import { openRecordReader } from '../../../src/refine/dedupe/record-reader.ts';
import { scanRecords } from '../../../src/refine/dedupe/scan-records.ts';
import type { RecordFiles } from '../../../src/refine/record-files.ts';
import { readSummary, saveSection } from '../../../src/refine/summary.ts';
import { openVectors } from '../../../src/refine/vectors.ts';
import { rejectionOf, temporaryFolder } from '../../state/temporary-folder.ts';
import { generateCorpus, type Known } from './corpus.ts';
import { randomOf } from './random.ts';
import { FIELDS, readDuplicates, type Sample, writeRecordFolder } from './record-folder.ts';

const NEVER = new AbortController().signal;
const DEFAULTS = { fields: undefined, threshold: 0.8, cosine: undefined, isDry: false };
const WITH_VECTORS = { ...DEFAULTS, cosine: 0.97 };

async function dedupe(
  samples: readonly Sample[],
  options: Partial<DedupeOptions> = {},
): Promise<{
  readonly files: RecordFiles;
  readonly deduped: Awaited<ReturnType<typeof dedupeRecords>>;
  readonly lines: Awaited<ReturnType<typeof readDuplicates>>;
}> {
  const files = await writeRecordFolder(await temporaryFolder(), samples);
  const deduped = await dedupeRecords({ ...DEFAULTS, ...options, files }, NEVER);
  return { files, deduped, lines: await readDuplicates(files) };
}

const LONG =
  'A moving average follows the price of a share and smooths what is noise, so that a trend can be seen by anyone who cares to look at the chart for a while';
const QUESTION = 'What does a moving average say?';

/** `LONG` with so many of its words replaced. */
function changed(words: number, by: string): string {
  const all = LONG.split(' ');
  for (let at = 0; at < words; at += 1)
    all[3 + 5 * at] = `${by}${at}`.replace(/\d/, (digit) => 'abcdef'[Number(digit)] ?? '');
  return all.join(' ');
}

describe('dedupeRecords()', () => {
  test('finds the duplicates of a generated corpus, and nothing else', async () => {
    const corpus = generateCorpus(3000, 8);
    const { lines, deduped } = await dedupe(corpus);
    const at = (id: string): number => Number(id.split('-')[1]) - 1;
    const familyOf = (id: string): number => (corpus[at(id)] as Known).family;
    const right = lines.filter(({ id, into }) => familyOf(id) === familyOf(into));
    const found = new Set(right.map(({ id }) => familyOf(id)));
    const recallOf = (kind: Known['kind']): number => {
      const copies = corpus.filter((one) => one.kind === kind);
      return copies.filter(({ family }) => found.has(family)).length / copies.length;
    };
    const measured = {
      precision: right.length / lines.length,
      exact: recallOf('exact'),
      near: recallOf('near'),
    };
    console.log(`${corpus.length} records, ${lines.length} merged: ${JSON.stringify(measured)}`);
    expect(measured.precision).toBe(1);
    expect(measured.exact).toBe(1);
    expect(measured.near).toBeGreaterThan(0.98);
    expect(deduped.found.exact + deduped.found.near).toBe(lines.length);
    expect(corpus.filter(({ kind }) => kind === 'near').length).toBe(500);
  });

  test('writes them in the order of the records, and what it came to', async () => {
    const { files, deduped, lines } = await dedupe([
      { question: QUESTION, answer: changed(1, 'x'), quality: 8 },
      {
        question: 'Another question altogether?',
        answer: 'With an answer of its own, and nothing in common.',
      },
      { question: QUESTION.toUpperCase(), answer: LONG, quality: 8 },
      { question: QUESTION, answer: `${LONG}!`, quality: 9 },
    ]);
    expect(lines).toEqual([
      { id: '1-1-1', into: '1-4-1', by: 'near', similarity: expect.closeTo(0.89, 1) as number },
      { id: '1-3-1', into: '1-4-1', by: 'exact', similarity: 1 },
    ]);
    const { parse, dedupe: section } = (await readSummary(files.summary)) ?? {};
    expect(section).toMatchObject({
      recordsSha256: parse?.records.sha256,
      duplicates: { count: 2 },
      fields: FIELDS,
      threshold: 0.8,
      cosine: null,
      exact: 1,
      near: 1,
      close: 0,
    });
    expect(deduped).toMatchObject({ records: 4, empty: 0, found: { exact: 1, near: 1, close: 0 } });
    expect(deduped.samples.map(({ record, kept }) => [record.id, kept.id])).toEqual([
      ['1-1-1', '1-4-1'],
      ['1-3-1', '1-4-1'],
    ]);
  });

  test.for<[string, readonly Sample[], string]>([
    [
      'the best quality',
      [
        { question: 'q', answer: LONG, quality: 7 },
        { question: 'q', answer: LONG, quality: '9.5' },
      ],
      '1-2-1',
    ],
    [
      'a quality before none',
      [
        { question: 'q', answer: LONG },
        { question: 'q', answer: LONG, quality: 0 },
      ],
      '1-2-1',
    ],
    [
      'what trips no gate',
      [
        { question: 'q', answer: LONG, flags: ['short'] },
        { question: 'q', answer: LONG },
      ],
      '1-2-1',
    ],
    [
      'the longest text',
      [
        { question: 'q', answer: LONG },
        { question: 'q', answer: `${LONG} indeed` },
      ],
      '1-2-1',
    ],
    [
      'the first',
      [
        { question: 'q', answer: LONG },
        { question: 'Q', answer: LONG },
      ],
      '1-1-1',
    ],
  ])('keeps %s', async ([, samples, kept]) => {
    expect((await dedupe(samples)).lines.map(({ into }) => into)).toEqual([kept]);
  });

  test('merges nothing over a chain: what is far from the kept one is kept itself', async () => {
    const [first, middle, last] = [LONG, changed(2, 'x'), changed(4, 'x')];
    const { lines } = await dedupe(
      [
        { question: QUESTION, answer: first, quality: 9 },
        { question: QUESTION, answer: middle, quality: 8 },
        { question: QUESTION, answer: last, quality: 7 },
      ],
      { threshold: 0.75 },
    );
    expect(lines.map(({ id, into }) => [id, into])).toEqual([['1-2-1', '1-1-1']]);
    // Were the one in the middle the best, both of the others would be near enough to it.
    const { lines: other } = await dedupe(
      [
        { question: QUESTION, answer: first, quality: 8 },
        { question: QUESTION, answer: middle, quality: 9 },
        { question: QUESTION, answer: last, quality: 7 },
      ],
      { threshold: 0.75 },
    );
    expect(other.map(({ id, into }) => [id, into])).toEqual([
      ['1-1-1', '1-2-1'],
      ['1-3-1', '1-2-1'],
    ]);
  });

  test('names for each a record that is kept, and no less like it than the threshold', async () => {
    const random = randomOf(5);
    const samples = Array.from({ length: 400 }, () => ({
      question: QUESTION,
      answer: changed(Math.floor(random() * 6), 'xyz'[Math.floor(random() * 3)] ?? ''),
      quality: Math.floor(random() * 5),
    }));
    const { lines } = await dedupe(samples, { threshold: 0.7 });
    const merged = new Set(lines.map(({ id }) => id));
    expect(merged.size).toBe(lines.length);
    expect(lines.filter(({ into }) => merged.has(into))).toEqual([]);
    expect(Math.min(...lines.map(({ similarity }) => similarity))).toBeGreaterThanOrEqual(0.7);
    expect(lines.length).toBeGreaterThan(380);
  });

  test('does not compare each with each where very many are alike', async () => {
    const count = 20_000;
    const letters = (index: number): string =>
      Array.from(index.toString(26), (digit) => String.fromCharCode(97 + Number.parseInt(digit, 26))).join(
        '',
      );
    const samples = Array.from({ length: count }, (_, index) => ({
      question: QUESTION,
      answer: LONG.replace('trend', letters(index)),
    }));
    const { deduped } = await dedupe(samples);
    expect(deduped.found.near).toBe(count - 1);
  }, 30_000);

  test('leaves alone what holds no word', async () => {
    const { deduped, lines } = await dedupe([
      { question: '?', answer: '…' },
      { question: '?', answer: '…' },
    ]);
    expect(lines).toEqual([]);
    expect(deduped.empty).toBe(2);
  });

  test('compares the fields that are named', async () => {
    const samples = [
      { question: QUESTION, answer: LONG },
      { question: QUESTION, answer: 'Something else that nobody has said before, in other words.' },
    ];
    expect((await dedupe(samples)).lines).toEqual([]);
    expect((await dedupe(samples, { fields: ['refined_question'] })).lines).toHaveLength(1);
    const error = await rejectionOf(dedupe(samples, { fields: ['refined_question', 'question'] }));
    expect(error).toMatchObject({
      code: 'E_USAGE',
      message: 'Cannot compare by "question": no record has such a field',
    });
  });

  test('does not need every field that parse named', async () => {
    const samples = [{ question: QUESTION, answer: LONG }];
    const { files } = await dedupe(samples);
    const { parse } = (await readSummary(files.summary)) ?? {};
    await saveSection(files.summary, 'parse', parse && { ...parse, fields: [...FIELDS, 'a_field_of_few'] });
    const { fields, found } = await dedupeRecords({ ...DEFAULTS, files }, NEVER);
    expect([fields.length, found.exact]).toEqual([3, 0]);
  });

  test('gives the same bytes again, and writes nothing when it only looks', async () => {
    const { files } = await dedupe(generateCorpus(200, 2));
    const read = async (): Promise<readonly string[]> =>
      await Promise.all(
        [files.records, files.duplicates, files.summary].map((path) => readFile(path, 'latin1')),
      );
    const before = await read();
    await dedupeRecords({ ...DEFAULTS, files }, NEVER);
    expect(await read()).toEqual(before);
    const looked = await dedupeRecords({ ...DEFAULTS, threshold: 0.5, files, isDry: true }, NEVER);
    expect(await read()).toEqual(before);
    expect(looked.threshold).toBe(0.5);
    expect(await readdir(files.folder)).toHaveLength(3);
  });

  test('keeps the old duplicates when it is stopped', async () => {
    const { files } = await dedupe(generateCorpus(200, 2));
    const before = await readFile(files.duplicates, 'utf8');
    const error = await rejectionOf(
      dedupeRecords({ ...DEFAULTS, threshold: 0.5, files }, AbortSignal.abort(new Error('stop'))),
    );
    expect(error).toMatchObject({ message: 'stop' });
    expect(await readFile(files.duplicates, 'utf8')).toBe(before);
    expect(await readdir(files.folder)).toHaveLength(3);
  });

  test('gives the reason when it is stopped while it compares', async () => {
    const { files } = await dedupe([{ question: 'q', answer: LONG }]);
    const facts = (await readSummary(files.summary))?.parse?.records;
    if (facts === undefined) throw new Error('nothing was parsed');
    const options = { fields: FIELDS, threshold: 0.8, cosine: 0.97, vectors: undefined };
    const scan = await scanRecords({ ...options, named: [], path: files.records, facts }, NEVER);
    const reader = openRecordReader(files.records, scan.offsets);
    const stopped = findDuplicates(scan, { ...options, reader }, AbortSignal.abort(new Error('stop')));
    expect(await rejectionOf(stopped)).toMatchObject({ message: 'stop' });
    reader.close();
  });

  test('refuses records that are not those that were parsed', async () => {
    const { files } = await dedupe([{ question: 'q', answer: LONG }]);
    await appendFile(files.records, await readFile(files.records, 'utf8'));
    const other = { code: 'E_RECORDS', hint: 'make it anew with `batch-submit parse`' };
    expect(await rejectionOf(dedupeRecords({ ...DEFAULTS, files }, NEVER))).toMatchObject(other);
    await rm(files.records);
    expect(await rejectionOf(dedupeRecords({ ...DEFAULTS, files }, NEVER))).toMatchObject({
      code: 'E_RECORDS',
    });
  });
});

describe('dedupeRecords() with vectors', () => {
  const SPACE = { model: 'gemini-embedding-001', taskType: 'SEMANTIC_SIMILARITY', dimensions: 64 };

  async function withVectors(
    texts: readonly string[],
    vectorOf: (index: number) => ArrayLike<number> | undefined,
    fields: readonly string[] = FIELDS,
  ): Promise<RecordFiles> {
    const files = await writeRecordFolder(
      join(await temporaryFolder(), 'records'),
      texts.map((answer) => ({ question: 'Q', answer })),
    );
    const vectors = await openVectors(files.vectors, SPACE, 'write');
    const known = texts.flatMap((answer, index) => {
      const values = vectorOf(index);
      return values === undefined ? [] : [{ text: `Q\n${answer}`, values }];
    });
    await vectors?.add(known);
    await vectors?.close();
    const recordsSha256 = (await readSummary(files.summary))?.parse?.records.sha256 ?? '';
    await saveSection(files.summary, 'embed', {
      ...SPACE,
      recordsSha256,
      fields,
      wanted: texts.length,
      embedded: known.length,
    });
    return files;
  }

  /** A direction of its own for each original, and for each paraphrase one at the given cosine to it. */
  function directions(count: number, cosine: number, seed: number): readonly Float64Array[] {
    const random = randomOf(seed);
    const unit = (): Float64Array => {
      const values = Float64Array.from(
        { length: SPACE.dimensions },
        () => random() + random() + random() - 1.5,
      );
      const length = Math.hypot(...values);
      return values.map((value) => value / length);
    };
    return Array.from({ length: count }, unit).flatMap((one) => {
      const other = unit();
      const along = other.reduce((sum, value, at) => sum + value * (one[at] ?? 0), 0);
      const across = other.map((value, at) => value - along * (one[at] ?? 0));
      const length = Math.hypot(...across);
      const turned = one.map(
        (value, at) => value * cosine + ((across[at] ?? 0) / length) * Math.sqrt(1 - cosine ** 2),
      );
      return [one, turned];
    });
  }

  const words = (count: number): readonly string[] => {
    const random = randomOf(7);
    return Array.from({ length: count }, () =>
      Array.from({ length: 12 }, () =>
        Math.floor(random() * 26 ** 4)
          .toString(26)
          .replaceAll(/\d/g, 'z'),
      ).join(' '),
    );
  };

  test('finds what says the same in other words, and not what is farther', async () => {
    const count = 1000;
    const vectors = [...directions(count, 0.975, 1), ...directions(count, 0.95, 2)];
    const files = await withVectors(words(4 * count), (index) => vectors[index]);
    const { found, cosine } = await dedupeRecords({ ...WITH_VECTORS, files }, NEVER);
    const lines = await readDuplicates(files);
    const at = (id: string): number => Number(id.split('-')[1]) - 1;
    const right = lines.filter(
      ({ id, into }) => at(id) < 2 * count && Math.floor(at(id) / 2) === Math.floor(at(into) / 2),
    );
    const measured = { precision: right.length / lines.length, recall: right.length / count };
    console.log(`${4 * count} vectors, ${lines.length} merged: ${JSON.stringify(measured)}`);
    expect(measured.precision).toBe(1);
    expect(measured.recall).toBeGreaterThan(0.98);
    expect(
      lines.every(({ by, similarity }) => by === 'close' && similarity > 0.97 && similarity < 0.98),
    ).toBe(true);
    expect([found.close, cosine]).toEqual([lines.length, 0.97]);
  });

  test('compares by words where there is no vector, or none of these fields', async () => {
    const one = Float64Array.from({ length: SPACE.dimensions }, () => 1);
    const texts = words(2);
    const files = await withVectors(texts, () => one);
    expect((await dedupeRecords({ ...WITH_VECTORS, files }, NEVER)).found.close).toBe(1);
    const half = await withVectors(texts, (index) => (index === 0 ? one : undefined));
    expect((await dedupeRecords({ ...WITH_VECTORS, files: half }, NEVER)).found.close).toBe(0);
    const others = await withVectors(texts, () => one, ['refined_answer']);
    await expect(dedupeRecords({ ...WITH_VECTORS, files: others }, NEVER)).rejects.toMatchObject({
      code: 'E_RECORDS',
    });
    expect(await dedupeRecords({ ...DEFAULTS, cosine: undefined, files: others }, NEVER)).toMatchObject({
      cosine: null,
      found: { close: 0 },
    });
  });

  test('keeps what names other numbers, however close its vector is', async () => {
    const one = Float64Array.from({ length: SPACE.dimensions }, () => 1);
    const [first = '', second = ''] = words(2);
    const files = await withVectors([`${first} 14`, `${second} 21`, `${second} 14`], () => one);
    const { found } = await dedupeRecords({ ...WITH_VECTORS, files }, NEVER);
    expect(found.close).toBe(1);
  });

  test('takes what points nowhere for no vector', async () => {
    const nowhere = [
      new Float64Array(SPACE.dimensions),
      new Float64Array(SPACE.dimensions).fill(Number.NaN),
      new Float64Array(SPACE.dimensions).fill(Infinity),
    ];
    const files = await withVectors(words(6), (index) => nowhere[index % 3]);
    expect((await dedupeRecords({ ...WITH_VECTORS, files }, NEVER)).found.close).toBe(0);
  });
});
