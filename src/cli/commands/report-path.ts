import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { BatchSubmitError } from '../../model/errors.ts';

/** What a report of ours begins with, in each of its forms. */
const MARKS = ['"report_generated"', '# Batch report', '<!doctype html>'];

/**
 * Refuses to put a report where something else is: the state, the log, or any file that is no report.
 * @throws {BatchSubmitError} `E_USAGE`
 */
export async function refuseReportPath({ state, log }: Settings, path: string): Promise<void> {
  const own = [state, `${state}.bak`, `${state}.ballast`, log].map((name) => resolve(name));
  const isTaken = own.includes(resolve(path)) || !(await isReportOrAbsent(path));
  if (!isTaken) return;
  throw new BatchSubmitError('E_USAGE', `Cannot write the report to "${path}": something else is there`, {
    hint: 'name another file with `--output <file>`, or `--report <file>` for a run',
  });
}

const LONGEST_HEAD = 4096;

async function isReportOrAbsent(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  // A path that cannot be read is told by the attempt to write it.
  if (file === undefined) return true;
  try {
    if (!(await file.stat()).isFile()) return true;
    const head = Buffer.alloc(LONGEST_HEAD);
    const { bytesRead } = await file.read(head, 0, LONGEST_HEAD, 0);
    const text = head.toString('utf8', 0, bytesRead);
    return bytesRead === 0 || MARKS.some((mark) => text.includes(mark));
  } finally {
    await file.close();
  }
}
