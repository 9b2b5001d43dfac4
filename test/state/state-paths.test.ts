import { join, resolve } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BatchRecord } from '../../src/model/batch-record.ts';
import { loadState } from '../../src/state/load-state.ts';
import { serializeState } from '../../src/state/state-schema.ts';
import { pathFrom, withAbsolutePaths, withShortPaths } from '../../src/state/state-paths.ts';
import { openStateStore } from '../../src/state/state-store.ts';
import { reachableState } from './arbitraries.ts';
import { temporaryFolder } from './temporary-folder.ts';

const FOLDER = resolve('/project');

/** Every `path` in a value, however deep. */
function pathsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    name === 'path' && typeof item === 'string' ? [item] : pathsIn(item),
  );
}

test('withAbsolutePaths() leaves no path of a state relative, and withShortPaths() takes it back', () => {
  let seen = 0;
  fc.assert(
    fc.property(reachableState, (before) => {
      const absolute = withAbsolutePaths(before, FOLDER);
      const paths = pathsIn([...absolute.batches]);
      seen += paths.length;
      expect(paths.filter((path) => resolve(path) !== path)).toEqual([]);
      const records = [...absolute.batches].map(([batch, record]): [number, BatchRecord] => [
        batch,
        withShortPaths(record, FOLDER),
      ]);
      expect(serializeState({ ...absolute, batches: new Map(records) })).toBe(serializeState(before));
    }),
  );
  expect(seen).toBeGreaterThan(100);
});

describe('pathFrom()', () => {
  test.for([
    ['batches/batch_001.jsonl', 'batches/batch_001.jsonl'],
    ['..batches/1.jsonl', '..batches/1.jsonl'],
    ['../other/1.jsonl', undefined],
    ['..', undefined],
    ['.', undefined],
  ] as const)('%s', ([name, short]) => {
    const path = join(FOLDER, name);
    expect(pathFrom(FOLDER, path)).toBe(short === undefined ? path : join(short));
  });
});

test('openStateStore() in another folder writes what the command line writes there', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'state.json');
  const origin = { now: () => new Date(0), newStateId: () => 'abcdefgh', workFolder: folder };
  const store = await openStateStore({ path, ...origin });
  const input = { path: join(folder, 'batches', '1.jsonl'), sizeBytes: 1, sha256: 'a'.repeat(64), lines: 1 };
  const started = { type: 'upload_started', input, fileName: 'files/a', at: '2026-01-01' } as const;
  await store.apply(1, started);

  const file = (await loadState(path))?.state.batches.get(1);
  expect(file).toMatchObject({ input: { path: join('batches', '1.jsonl') } });
  expect((await loadState(path, folder))?.state.batches.get(1)).toMatchObject({ input });
  const reopened = await openStateStore({ path, ...origin });
  expect(reopened.current().batches.get(1)).toMatchObject({ input });
});
