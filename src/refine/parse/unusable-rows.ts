import { readResults } from '../../audit/read-results.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { diskError, errnoOf } from '../../state/disk-error.ts';

/** Requests whose answers gave too few records: by batch, the lines, and how often each had been sent by then. */
export type UnusableRows = ReadonlyMap<number, ReadonlyMap<number, number>>;

/** The two ways in which an answer that came is no good: nothing of it, or not all of it, is a record; or there are more or fewer than asked for. */
export type UnusableKind = 'unparsable' | 'miscounted';

/**
 * Reads from `unparsed.jsonl` which requests may be sent again.
 * @throws {BatchSubmitError} `E_RECORDS` when nothing was parsed yet, `E_DISK`
 */
export async function readUnusableRows(
  path: string,
  kinds: readonly UnusableKind[],
  signal: AbortSignal | undefined,
): Promise<UnusableRows> {
  const rows = new Map<number, Map<number, number>>();
  try {
    await readResults(
      path,
      ({ answer }) => {
        const { batch, line, tries, reason } = answer ?? {};
        const kind: UnusableKind = reason === 'count' ? 'miscounted' : 'unparsable';
        if (typeof batch !== 'number' || typeof line !== 'number' || typeof tries !== 'number') return;
        if (!kinds.includes(kind)) return;
        const lines = rows.get(batch) ?? new Map<number, number>();
        rows.set(batch, lines.set(line, tries));
      },
      signal,
    );
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw diskError('read', path, error);
    throw new BatchSubmitError(
      'E_RECORDS',
      `Cannot tell which answers give no record: there is no "${path}"`,
      {
        hint: 'make the records first, with `batch-submit parse`',
        cause: error,
      },
    );
  }
  return rows;
}
