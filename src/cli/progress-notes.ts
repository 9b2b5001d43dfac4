import { rm } from 'node:fs/promises';
import type { Progress } from '../model/progress.ts';
import { progressPathFor, writeProgressNote } from '../state/progress-file.ts';

const EVERY_MS = 1000;

/** The notes of one run, for who watches it from another terminal. */
export interface ProgressNotes {
  /** Takes the last one away. */
  end(): Promise<void>;
}

/**
 * Leaves a note of how far the run is, once a second from its first second on. A note that cannot be written is
 * left out without a word: the run has better things to do.
 */
export async function openProgressNotes(
  statePath: string,
  run: string,
  read: () => Progress,
): Promise<ProgressNotes> {
  const path = progressPathFor(statePath);
  // One that a killed run has left says nothing about this one.
  await rm(path, { force: true }).catch(() => undefined);
  let writing: Promise<void> | undefined;
  let isLeft = false;
  const write = async (): Promise<void> => {
    const progress = read();
    // Commands that only look something up have nothing to show.
    if (progress.batches === undefined) return;
    isLeft = true;
    await writeProgressNote(path, { run, progress });
  };
  const timer = setInterval(() => {
    writing ??= write()
      .catch(() => undefined)
      .finally(() => {
        writing = undefined;
      });
  }, EVERY_MS);
  timer.unref();
  return {
    async end() {
      clearInterval(timer);
      await writing;
      if (isLeft) await rm(path, { force: true }).catch(() => undefined);
    },
  };
}
