import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NO_WAIT, type Progress } from '../../src/model/progress.ts';
import { NO_STATUS_COUNTS } from '../../src/model/summary.ts';
import { readProgressNote, writeProgressNote } from '../../src/state/progress-file.ts';
import { temporaryFolder } from './temporary-folder.ts';

const TRANSFER = { sentBytes: 12, totalBytes: 100, bytesPerSecond: 3.5, leftMs: 25_142.8 };
const FULL: Progress = {
  batches: {
    total: 3,
    submitted: 2,
    counts: { ...NO_STATUS_COUNTS, running: 2, notSubmitted: 1 },
    requests: { planned: 30, answered: 9, unanswered: 1 },
  },
  creates: { underWay: 1, inUse: { jobs: 2, tokens: 70, mostJobs: 100, mostTokens: 3_000_000 } },
  wait: { heldUntil: 1_790_000_000_000, orWhenAJobEnds: true, forJobs: true },
  uploads: { ...TRANSFER, files: new Map([[7, TRANSFER]]) },
};

describe('a progress note', () => {
  test.for([
    ['all there is', FULL],
    ['hardly anything', { wait: NO_WAIT }],
  ] as const)('says the same after it was written and read: %s', async ([, progress]) => {
    const path = join(await temporaryFolder(), 'state.json.live');
    await writeProgressNote(path, { run: 'r-1', progress: FULL });
    await writeProgressNote(path, { run: 'r-2', progress });
    expect(await readProgressNote(path)).toEqual({ version: 1, run: 'r-2', progress });
  });

  test('that is not there, or is not one, says nothing', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'state.json.live');
    expect(await readProgressNote(path)).toBeUndefined();
    for (const text of ['', '{"version":1,"run":', '[]', '{"version":2,"run":"r","progress":{}}']) {
      await writeFile(path, text);
      expect(await readProgressNote(path), text).toBeUndefined();
    }
  });

  test('that cannot be written leaves nothing behind', async () => {
    const folder = await temporaryFolder();
    await expect(
      writeProgressNote(join(folder, 'no', 'where'), { run: 'r', progress: FULL }),
    ).rejects.toThrow('ENOENT');
    expect(await readdir(folder)).toEqual([]);
  });
});
