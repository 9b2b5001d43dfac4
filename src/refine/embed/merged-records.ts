import { readResults } from '../../audit/read-results.ts';
import { createKeyTable } from '../../input/key-table.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { diskError } from '../../state/disk-error.ts';

/**
 * Reads which records were merged into another; some 20 bytes each are kept.
 * @returns whether a record, by its id, was
 * @throws {BatchSubmitError} `E_RECORDS` when a line names none, `E_DISK`, or the signal's reason
 */
export async function readMergedRecords(
  path: string,
  signal: AbortSignal | undefined,
): Promise<(id: string) => boolean> {
  const ids = createKeyTable();
  try {
    await readResults(
      path,
      ({ answer, resultLine }) => {
        const id = answer?.['id'];
        if (typeof id !== 'string') throw notADuplicate(path, resultLine);
        ids.add(id, 0, 0);
      },
      signal,
    );
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof BatchSubmitError) throw error;
    throw diskError('read', path, error);
  }
  return (id) => ids.find(id) >= 0;
}

function notADuplicate(path: string, line: number): BatchSubmitError {
  return new BatchSubmitError('E_RECORDS', `Cannot use "${path}": line ${line} of it names no record`, {
    hint: 'make it anew with `batch-submit dedupe`',
  });
}
