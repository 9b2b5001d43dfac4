import { describe, expect, test } from 'vitest';
import { judgeFileSystem } from '../../src/upkeep/check-file-system.ts';
import { judgeSpace } from '../../src/upkeep/check-space.ts';
import { spaceNeeded } from '../../src/upkeep/space-needed.ts';
import { INPUT, submitted, succeeded } from '../service/sample-records.ts';
import type { BatchRecord, RecordOf } from '../../src/model/batch-record.ts';

const MB = 1_000_000;

function collected(job: string, sizeBytes: number): RecordOf<'collected'> {
  const saved = {
    path: 'batch_results/batch_001.jsonl',
    sizeBytes,
    sha256: INPUT.sha256,
    lines: 2,
    answered: 2,
    failed: 0,
    savedAt: '2026-01-01T00:00:00Z',
  };
  return { ...succeeded(job), status: 'collected', saved };
}

function inputFile(batch: number, sizeBytes: number) {
  return { batch, path: `batches/${batch}.jsonl`, sizeBytes };
}

describe('spaceNeeded()', () => {
  test('takes results for twice their requests before the first is here, and merged once more', () => {
    expect(spaceNeeded([inputFile(1, 10), inputFile(2, 30)], new Map())).toEqual({
      staged: 30,
      results: 160,
    });
  });

  test('goes by the results that are here', () => {
    const files = [inputFile(1, 100), inputFile(2, 100), inputFile(3, 50)];
    const batches = new Map<number, BatchRecord>([
      [1, collected('batches/a', 300)],
      [2, submitted('batches/b')],
    ]);
    // 450 to come, and 750 in the merged file; only batch 3 is still to be uploaded.
    expect(spaceNeeded(files, batches)).toEqual({ staged: 50, results: 1200 });
  });

  test('needs nothing once everything is here', () => {
    const batches = new Map([[1, collected('batches/a', 300)]]);
    expect(spaceNeeded([inputFile(1, 100)], batches)).toEqual({ staged: 0, results: 0 });
  });
});

describe('judgeSpace()', () => {
  test('finds a disk that is full, one that may become full, and one that will do', () => {
    const disk = { path: 'out', freeBytes: 100 * MB, neededBytes: 50 * MB };
    expect(judgeSpace([disk])).toMatchObject({ verdict: 'ok' });
    expect(judgeSpace([disk, { ...disk, neededBytes: 101 * MB }])).toMatchObject({
      verdict: 'warning',
      fact: '100 MB free for "out", about 101 MB needed',
    });
    expect(judgeSpace([disk, { path: 'state', freeBytes: MB, neededBytes: 0 }])).toMatchObject({
      verdict: 'problem',
      code: 'E_DISK',
      fact: '1.0 MB free for "state", nothing more is needed',
    });
  });
});

test.for([
  [0xef53, 'ok', 'local'],
  [0x6969, 'warning', 'NFS'],
  [0xfe534d42, 'warning', 'SMB'],
  [0x01021994, 'warning', 'memory'],
  [0x4d44, 'warning', 'FAT'],
] as const)('judgeFileSystem() says of %i: %s', ([type, verdict, word]) => {
  const check = judgeFileSystem(type);
  expect(check.verdict).toBe(verdict);
  expect(check.fact).toContain(word);
});
