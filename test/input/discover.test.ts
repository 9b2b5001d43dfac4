import { mkdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { discoverBatches } from '../../src/input/discover.ts';
import { BatchSubmitError } from '../../src/model/errors.ts';
import { parseOnly, parseRange, type BatchSelection } from '../../src/model/batch-set.ts';
import { tempFolder } from '../config/temp-folder.ts';

const ALL: BatchSelection = { kind: 'all' };

async function find(
  names: readonly string[],
  { pattern, selection = ALL }: { pattern?: string; selection?: BatchSelection } = {},
): Promise<{ found: string[]; ignored: number }> {
  const directory = await tempFolder(Object.fromEntries(names.map((name) => [name, 'x'])));
  const { files, ignored } = await discoverBatches({ directory, pattern, selection });
  return { found: files.map(({ batch, path }) => `${batch}:${basename(path)}`), ignored };
}

describe('discoverBatches()', () => {
  test.for([
    ['batch_081_proper.jsonl', 81],
    ['batch-81.jsonl', 81],
    ['081.jsonl', 81],
    ['81.JSONL', 81],
    ['batch_1.5.jsonl', 1],
    ['2026-11-22_batch_5.jsonl', 2026],
    ['b999999999.jsonl', 999_999_999],
    ['teil 7 – größe.jsonl', 7],
  ] as const)('takes "%s" for batch %d', async ([name, batch]) => {
    expect((await find([name])).found).toEqual([`${batch}:${name}`]);
  });

  test('sorts by number, not by name, and counts what it leaves out', async () => {
    const names = [
      'b10.jsonl',
      'b9.jsonl',
      'b100.jsonl',
      'notes.jsonl',
      'b1.json',
      '._b3.jsonl',
      'b2.jsonl.swp',
    ];
    expect(await find(names)).toEqual({
      found: ['9:b9.jsonl', '10:b10.jsonl', '100:b100.jsonl'],
      ignored: 4,
    });
  });

  test('does not look into folders and gives sizes', async () => {
    const directory = await tempFolder({ 'b1.jsonl': 'abc', 'more/b2.jsonl': 'x' });
    const { files } = await discoverBatches({ directory, pattern: undefined, selection: ALL });
    expect(files).toEqual([{ batch: 1, path: join(directory, 'b1.jsonl'), sizeBytes: 3 }]);
  });

  test('keeps the range, gaps and all', async () => {
    const names = ['b1.jsonl', 'b80.jsonl', 'b82.jsonl', 'b204.jsonl', 'b225.jsonl'];
    expect((await find(names, { selection: parseRange('81', '204') })).found).toHaveLength(2);
    expect((await find(names, { selection: parseRange('82', undefined) })).found).toHaveLength(3);
    expect((await find(names, { selection: parseOnly('1,3,200-225') })).found).toHaveLength(3);
  });

  test('names each entry that cannot be examined with size 0', async () => {
    const directory = await tempFolder();
    await symlink(join(directory, 'gone'), join(directory, 'b1.jsonl'));
    await mkdir(join(directory, 'b2.jsonl'));
    const { files } = await discoverBatches({ directory, pattern: undefined, selection: ALL });
    expect(files.map(({ batch, sizeBytes }) => [batch, sizeBytes])).toEqual([
      [1, 0],
      [2, 0],
    ]);
  });

  test.for([
    ['batch_{batch}_proper.jsonl', ['81:batch_081_proper.jsonl']],
    ['batch_{batch}_*.jsonl', ['81:batch_081_proper.jsonl', '82:batch_082_v2.jsonl']],
    ['*_v{batch}*', ['2:batch_082_v2.jsonl']],
    ['{batch}.jsonl', ['83:083.jsonl']],
  ] as const)('narrows by the pattern %s', async ([pattern, found]) => {
    const names = ['batch_081_proper.jsonl', 'batch_082_v2.jsonl', '083.jsonl', 'xbatch_084_proper.jsonl'];
    expect((await find(names, { pattern })).found).toEqual(found);
  });

  test('matches a hostile pattern in no time', async () => {
    const pattern = `${'*a'.repeat(60)}{batch}.jsonl`;
    const started = performance.now();
    await expect(find([`${'a'.repeat(200)}b1.jsonl`, 'b1.jsonl'], { pattern })).rejects.toThrow();
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test.for([
    ['batch.jsonl', 'it must hold {batch} exactly once'],
    ['{batch}-{batch}.jsonl', 'it must hold {batch} exactly once'],
    ['v2{batch}.jsonl', 'a digit beside {batch} would be part of the number'],
    ['sub/{batch}.jsonl', 'it matches names, not folders'],
    ['{batch}.txt', 'it does not end in .jsonl'],
  ] as const)('refuses the pattern %s', async ([pattern, fact]) => {
    await expect(find(['b1.jsonl'], { pattern })).rejects.toMatchObject({
      code: 'E_USAGE',
      message: `Cannot use the pattern "${pattern}": ${fact}`,
    });
  });

  test('stops at two files for one number and names both', async () => {
    await expect(find(['batch_081.jsonl', 'batch-81.jsonl', 'b1.jsonl'])).rejects.toMatchObject({
      code: 'E_DUPLICATE_BATCH',
      message: expect.stringContaining(
        'is batch 81: both "batch-81.jsonl" and "batch_081.jsonl" hold',
      ) as string,
      hint: expect.stringContaining('--pattern') as string,
    });
  });

  test.for([
    [['b0\u001b[31m.jsonl'], undefined],
    [['b0\n.jsonl', 'c0\u202e.jsonl'], undefined],
    [['b1\u001b.jsonl', 'c1\n.jsonl'], undefined],
    [['b1\u001b.jsonl', 'c1.jsonl', 'b2\n.jsonl', 'c2.jsonl'], undefined],
    [['b1.jsonl'], '\u001b[31m{batch}.jsonl'],
    [['b1.jsonl'], '\u001b[31m.jsonl'],
  ] as const)('shows no control character of %j', async ([names, pattern]) => {
    const error = await find(names, pattern === undefined ? {} : { pattern }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(BatchSubmitError);
    const { message, details } = error as BatchSubmitError;
    expect(`${message}${details.join('')}`).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test('groups many doubled numbers into one error with the first five', async () => {
    const names = Array.from({ length: 40 }, (_, index) => [
      `a${index + 1}.jsonl`,
      `b${index + 1}.jsonl`,
    ]).flat();
    await expect(find(names)).rejects.toMatchObject({
      code: 'E_DUPLICATE_BATCH',
      message: expect.stringContaining('40 batch numbers') as string,
      details: [
        'batch 1: "a1.jsonl" and "b1.jsonl"',
        'batch 2: "a2.jsonl" and "b2.jsonl"',
        'batch 3: "a3.jsonl" and "b3.jsonl"',
        'batch 4: "a4.jsonl" and "b4.jsonl"',
        'batch 5: "a5.jsonl" and "b5.jsonl"',
        'and 35 more',
      ],
    });
  });

  test.for(['b000.jsonl', 'b1000000000.jsonl', '20261122143000.jsonl', `${'9'.repeat(200)}.jsonl`])(
    'refuses the number of %s',
    async (name) => {
      await expect(find(['b1.jsonl', name])).rejects.toMatchObject({
        code: 'E_INPUT',
        message: `Cannot take the batch number from "${name}": batch numbers are 1 to 999999999`,
      });
    },
  );

  test('explains a missing folder', async () => {
    const directory = join(await tempFolder(), 'nowhere');
    await expect(discoverBatches({ directory, pattern: undefined, selection: ALL })).rejects.toMatchObject({
      code: 'E_INPUT',
      message: `Cannot read the input folder "${directory}": it does not exist`,
      hint: expect.stringMatching(/--input.*BATCH_SUBMIT_INPUT/) as string,
    });
  });

  test('explains a file in place of the folder', async () => {
    const directory = join(await tempFolder({ file: '' }), 'file');
    await expect(discoverBatches({ directory, pattern: undefined, selection: ALL })).rejects.toMatchObject({
      code: 'E_INPUT',
      message: `Cannot read the input folder "${directory}": it is not a folder`,
    });
  });

  test('says when there is no batch at all', async () => {
    await expect(find(['readme.txt', 'notes.jsonl'])).rejects.toMatchObject({
      code: 'E_NO_BATCHES',
      message: expect.stringContaining('it holds no .jsonl file with a number in its name') as string,
    });
    await expect(find(['b1.jsonl'], { pattern: 'x_{batch}.jsonl' })).rejects.toMatchObject({
      code: 'E_NO_BATCHES',
      message: expect.stringContaining('none of its .jsonl files matches "x_{batch}.jsonl"') as string,
    });
  });

  test('says which numbers there are when none is in the selection', async () => {
    const names = Array.from({ length: 80 }, (_, index) => `b${index + 1}.jsonl`);
    await expect(find(names, { selection: parseRange('300', '310') })).rejects.toMatchObject({
      code: 'E_NO_BATCHES',
      message: expect.stringMatching(/^Cannot find batches 300 to 310 in ".*": it holds 1-80$/) as string,
    });
    const odd = Array.from({ length: 40 }, (_, index) => `b${2 * index + 1}.jsonl`);
    await expect(find(odd, { selection: parseOnly('2') })).rejects.toThrow(
      /it holds 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, …, 79$/,
    );
  });
});
