import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openProgressNotes } from '../../src/cli/progress-notes.ts';
import { NO_WAIT, type Progress } from '../../src/model/progress.ts';
import { NO_STATUS_COUNTS } from '../../src/model/summary.ts';
import { temporaryFolder } from '../state/temporary-folder.ts';

const PROGRESS: Progress = {
  batches: { total: 1, submitted: 0, counts: NO_STATUS_COUNTS, requests: { answered: 0, unanswered: 0 } },
  wait: NO_WAIT,
};
const LIVE = 'state.json.live';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('openProgressNotes()', () => {
  test('writes nothing in the first second, then a note that ends with the run', async () => {
    const folder = await temporaryFolder();
    let reads = 0;
    const notes = await openProgressNotes(join(folder, 'state.json'), 'r-1', () => {
      reads += 1;
      return PROGRESS;
    });
    vi.advanceTimersByTime(999);
    expect(reads).toBe(0);
    vi.advanceTimersByTime(1);
    expect(reads).toBe(1);
    await vi.waitFor(async () => expect(await readdir(folder)).toEqual([LIVE]));
    await notes.end();
    expect(await readdir(folder)).toEqual([]);
    vi.advanceTimersByTime(10_000);
    expect(reads, 'it is over').toBe(1);
  });

  test('waits for the note that is being written before it takes it away', async () => {
    const folder = await temporaryFolder();
    const notes = await openProgressNotes(join(folder, 'state.json'), 'r-1', () => PROGRESS);
    vi.advanceTimersByTime(1000);
    await notes.end();
    expect(await readdir(folder)).toEqual([]);
  });

  test('leaves none for a command that has no batches to show', async () => {
    const folder = await temporaryFolder();
    const notes = await openProgressNotes(join(folder, 'state.json'), 'r-1', () => ({ wait: NO_WAIT }));
    vi.advanceTimersByTime(5000);
    await notes.end();
    expect(await readdir(folder)).toEqual([]);
  });

  test('takes away what a killed run has left', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, LIVE), 'old');
    await openProgressNotes(join(folder, 'state.json'), 'r-1', () => PROGRESS);
    expect(await readdir(folder)).toEqual([]);
  });

  test('goes on without a note where none can be written', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, LIVE));
    const notes = await openProgressNotes(join(folder, 'state.json'), 'r-1', () => PROGRESS);
    vi.advanceTimersByTime(1000);
    await notes.end();
    expect(await readdir(folder), 'nor a temporary file').toEqual([LIVE]);
  });
});
