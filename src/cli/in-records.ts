import { basename } from 'node:path';
import { recordFilesIn, type RecordFiles } from '../refine/record-files.ts';
import { sweepTemporaryFiles } from '../state/atomic-file.ts';
import { acquireLock } from '../state/lock.ts';
import { makeFolder } from '../state/make-folder.ts';
import type { Desk } from './desk.ts';

/**
 * Runs `work` on the folder of the records, under a lock of its own: a run that submits may go on beside it.
 * @throws {BatchSubmitError} `E_LOCKED`, `E_DISK`
 */
export async function inRecords<T>(desk: Desk, work: (files: RecordFiles) => Promise<T>): Promise<T> {
  const { invocation, settings, run } = desk;
  const { clock } = invocation.io;
  const files = recordFilesIn(settings.settings.records);
  await makeFolder(files.folder, 'keep records in');
  const command = `batch-submit ${invocation.command}`;
  const lock = await acquireLock(files.summary, { command, run, now: () => clock.now() });
  try {
    // What a step that was killed left behind.
    for (const path of [files.records, files.unparsed, files.duplicates, files.summary]) {
      await sweepTemporaryFiles(files.folder, basename(path));
    }
    return await work(files);
  } finally {
    await lock.release();
  }
}
