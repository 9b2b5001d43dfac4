import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keepMerged } from '../../src/collect/keep-merged.ts';
import { temporaryFolder } from '../state/temporary-folder.ts';

/** A merged file: of each batch so many answers, and one row without. */
function mergedText(answered: Readonly<Record<number, number>>): string {
  return Object.entries(answered)
    .map(([batch, count]) => {
      const answer = `{"batch":${batch},"response":{}}\n`;
      return `${answer.repeat(count)}{"batch":${batch},"reason":{"kind":"missing"}}\n`;
    })
    .join('');
}

interface Scene {
  readonly folder: string;
  /** Lets a file with these answers stand where one with those of `next` is to go. */
  readonly replace: (
    held: Readonly<Record<number, number>> | string,
    next: Readonly<Record<number, number>>,
  ) => Promise<string | undefined>;
}

async function openScene(): Promise<Scene> {
  const folder = await temporaryFolder();
  const path = join(folder, 'merged.jsonl');
  return {
    folder,
    async replace(held, next) {
      await writeFile(path, typeof held === 'string' ? held : mergedText(held));
      const answered = new Map(Object.entries(next).map(([batch, count]) => [Number(batch), count]));
      return await keepMerged(path, answered, undefined);
    },
  };
}

describe('keepMerged()', () => {
  test.for([
    { what: 'another batch alone', held: { 1: 2, 2: 2 }, next: { 3: 9 } },
    { what: 'more in all, and less of one batch', held: { 1: 2, 2: 2 }, next: { 1: 1, 2: 9 } },
    { what: 'nothing', held: { 1: 1 }, next: {} },
  ])('keeps what was there when the new file holds $what', async ({ held, next }) => {
    const { folder, replace } = await openScene();
    const kept = join(folder, 'merged.previous.jsonl');
    expect(await replace(held, next)).toBe(kept);
    expect(await readFile(kept, 'utf8')).toBe(mergedText(held));
  });

  test.for([
    { what: 'as many', held: { 1: 2, 2: 2 }, next: { 1: 2, 2: 2 } },
    { what: 'more', held: { 1: 2 }, next: { 1: 3, 4: 1 } },
    { what: 'those that there never were', held: { 1: 0 }, next: { 2: 1 } },
    { what: 'something where there was no answer', held: 'notes of mine\n', next: { 1: 1 } },
  ])('keeps no copy when the new file holds $what', async ({ held, next }) => {
    const { folder, replace } = await openScene();
    expect(await replace(held, next)).toBeUndefined();
    expect(await readdir(folder)).toEqual(['merged.jsonl']);
  });

  test('keeps each under a name of its own, and none twice', async () => {
    const { folder, replace } = await openScene();
    const [one, two, three] = [{ 1: 2 }, { 2: 2 }, { 3: 2 }];
    const names = ['merged.previous.jsonl', 'merged.previous-2.jsonl', 'merged.previous-3.jsonl'];
    const paths = names.map((name) => join(folder, name));
    expect([await replace(one, two), await replace(two, one), await replace(three, one)]).toEqual(paths);
    expect([await replace(one, two), await replace(three, two), await replace(two, one)]).toEqual([
      paths[0],
      paths[2],
      paths[1],
    ]);
    expect((await readdir(folder)).sort()).toEqual(['merged.jsonl', ...names].sort());
  });

  test('leaves alone what else has such a name', async () => {
    const { folder, replace } = await openScene();
    await mkdir(join(folder, 'merged.previous.jsonl'));
    expect(await replace({ 1: 1 }, {})).toBe(join(folder, 'merged.previous-2.jsonl'));
  });

  test('keeps answers that name no batch', async () => {
    const { folder, replace } = await openScene();
    expect(await replace('{"key":"a","response":{}}\n', { 1: 5 })).toBe(
      join(folder, 'merged.previous.jsonl'),
    );
  });

  test('has nothing to keep where nothing was', async () => {
    const folder = await temporaryFolder();
    expect(await keepMerged(join(folder, 'merged.jsonl'), new Map(), undefined)).toBeUndefined();
  });
});
