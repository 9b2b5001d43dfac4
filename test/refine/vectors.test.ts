import { appendFile, mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openVectors, type Vectors, type VectorSpace } from '../../src/refine/vectors.ts';

const SPACE: VectorSpace = { model: 'gemini-embedding-001', taskType: 'SEMANTIC_SIMILARITY', dimensions: 3 };

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vectors-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function openIn(folder: string, space = SPACE): Promise<Vectors> {
  const vectors = await openVectors(folder, space, 'write');
  if (vectors === undefined) throw new Error('there are none to write to');
  onTestFinished(() => vectors.close().catch(() => {}));
  return vectors;
}

async function valuesOf(vectors: Vectors, text: string): Promise<readonly number[] | undefined> {
  const row = vectors.find(text);
  return row < 0 ? undefined : [...(await vectors.read(row))];
}

describe('openVectors()', () => {
  test('keeps each text once, over two openings', async () => {
    const folder = await makeFolder();
    const first = await openIn(folder);
    await first.add([
      { text: 'one', values: [1, 0.5, -2] },
      { text: 'two', values: [0, 0, 1] },
      { text: 'one', values: [1, 0.5, -2] },
    ]);
    await first.add([{ text: 'two', values: [9, 9, 9] }]);
    expect(first.count).toBe(2);
    await first.close();
    const second = await openVectors(folder, SPACE, 'read');
    onTestFinished(async () => await second?.close());
    expect(second?.count).toBe(2);
    expect(await valuesOf(second as Vectors, 'one')).toEqual([1, 0.5, -2]);
    expect(await valuesOf(second as Vectors, 'two')).toEqual([0, 0, 1]);
    expect(second?.find('three')).toBe(-1);
  });

  test('makes nothing to read from, and mixes no spaces', async () => {
    const folder = await makeFolder();
    expect(await openVectors(folder, SPACE, 'read')).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
    await (await openIn(folder)).add([{ text: 'one', values: [1, 2, 3] }]);
    for (const other of [{ model: 'another' }, { taskType: undefined }, { dimensions: 4 }]) {
      expect((await openIn(folder, { ...SPACE, ...other })).find('one')).toBe(-1);
    }
  });

  test.for([
    [
      'a vector without its name',
      async (own: string) => await appendFile(join(own, 'values'), Buffer.alloc(12, 1)),
    ],
    ['half a vector', async (own: string) => await appendFile(join(own, 'values'), Buffer.alloc(5, 1))],
    ['half a name', async (own: string) => await appendFile(join(own, 'names'), Buffer.alloc(7, 1))],
    [
      'a name whose vector is cut',
      async (own: string) => await truncate(join(own, 'values'), (await stat(join(own, 'values'))).size - 1),
    ],
  ] as const)('takes %s for what a crash left', async ([what, harm]) => {
    const folder = await makeFolder();
    const first = await openIn(folder);
    await first.add([
      { text: 'one', values: [1, 2, 3] },
      { text: 'two', values: [4, 5, 6] },
    ]);
    await first.close();
    const [own] = await readdir(folder);
    await harm(join(folder, own ?? ''));
    const again = await openIn(folder);
    expect(again.count).toBe(what.includes('cut') ? 1 : 2);
    await again.add([
      { text: 'two', values: [4, 5, 6] },
      { text: 'three', values: [7, 8, 9] },
    ]);
    await again.close();
    const last = await openIn(folder);
    expect(last.count).toBe(3);
    for (const [text, values] of [
      ['one', [1, 2, 3]],
      ['two', [4, 5, 6]],
      ['three', [7, 8, 9]],
    ] as const) {
      expect(await valuesOf(last, text), text).toEqual(values);
    }
  });
});
