import { open } from 'node:fs/promises';
import { BatchSubmitError } from '../../model/errors.ts';
import { showName } from '../../input/show-name.ts';

/** What an export of ours begins with: its first column is the record's id. */
const HEADS = ['record_id,', '{"record_id":'];
/** A Parquet file says at its end who made it. */
const PARQUET = 'PAR1';
const MAKER = 'batch-submit';
const TAIL_BYTES = 4096;

/**
 * Refuses to put an export where something else is: results, records, a database, or any file that is no export.
 * @throws {BatchSubmitError} `E_USAGE`
 */
export async function refuseExportPath(path: string): Promise<void> {
  if (await isExportOrAbsent(path)) return;
  throw new BatchSubmitError('E_USAGE', `Cannot write "${showName(path)}": something else is there`, {
    hint: 'name another file with `--into <file>`, or move that one aside',
  });
}

async function isExportOrAbsent(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  // A path that cannot be read is told by the attempt to write it.
  if (file === undefined) return true;
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return false;
    if (stats.size === 0) return true;
    const room = Buffer.alloc(TAIL_BYTES);
    const textAt = async (from: number): Promise<string> => {
      const { bytesRead } = await file.read(room, 0, TAIL_BYTES, from);
      return room.toString('latin1', 0, bytesRead);
    };
    const head = await textAt(0);
    if (HEADS.some((mark) => head.startsWith(mark))) return true;
    return head.startsWith(PARQUET) && (await textAt(Math.max(0, stats.size - TAIL_BYTES))).includes(MAKER);
  } finally {
    await file.close();
  }
}
