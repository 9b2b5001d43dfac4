import { basename } from 'node:path';
import { keyedLine, rekeyedLine } from '../input/keyed-line.ts';
import { readRequestRows, type RowRules } from '../input/request-rows.ts';
import { countText } from '../input/request-text.ts';
import { showName } from '../input/show-name.ts';
import { BatchSubmitError } from '../model/errors.ts';
import type { FileLoad } from '../model/file-limits.ts';
import type { Source } from './check-sources.ts';

/** A request as it is written. */
export interface CopiedLine {
  /** Where it stands in its source, from 1. */
  readonly line: number;
  /** Without its line end; valid until `take` is done with it. */
  readonly bytes: Buffer;
  readonly load: FileLoad;
  /** The line had no key that is text. */
  readonly isKeyGiven: boolean;
}

export interface CopyRules extends RowRules {
  /** Stands before every key. */
  readonly keyPrefix?: string | undefined;
}

/**
 * Reads the requests of a checked file in order, each with its key, and waits for `take` between them. Blank lines,
 * and spaces and CRs around a line, are left out; all other bytes stay.
 * @throws {BatchSubmitError} `E_INPUT` when the file is no longer what was checked
 */
export async function copyRows(
  source: Source,
  rules: CopyRules,
  take: (line: CopiedLine) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { keyPrefix } = rules;
  const room = createRoom();
  let held: CopiedLine[] = [];
  const read = await readRequestRows(
    source.path,
    {
      onRow(row) {
        const written =
          keyPrefix === undefined ? keyedLine(row) : rekeyedLine({ ...row, key: `${keyPrefix}${row.key}` });
        // Copied: the line may lie where the next one that crosses two chunks is put together.
        const bytes = room.copy(written);
        const textLength = row.request === undefined ? 0 : countText(row.request);
        const load = { lines: 1, bytes: bytes.length + 1, textLength };
        held.push({ line: row.line, bytes, load, isKeyGiven: row.origin !== 'text' });
      },
      async afterChunk() {
        for (const line of held) await take(line);
        held = [];
        room.clear();
      },
    },
    signal,
    rules,
  );
  if (read?.sha256 === source.sha256) return;
  const what = read === undefined ? 'it cannot be read any more' : 'it was edited after it was checked';
  throw new BatchSubmitError('E_INPUT', `Cannot copy "${showName(basename(source.path))}": ${what}`, {
    hint: 'leave it as it is, and run the same command again',
  });
}

const ROOM_BYTES = 2 * 1024 ** 2;

/** One buffer for the lines of a chunk: a million small ones would be memory that is given back late. */
function createRoom(): { copy(bytes: Buffer): Buffer; clear(): void } {
  const room = Buffer.allocUnsafeSlow(ROOM_BYTES);
  let used = 0;
  return {
    copy(bytes) {
      if (used + bytes.length > room.length) return Buffer.from(bytes);
      const start = used;
      used += bytes.copy(room, start);
      return room.subarray(start, used);
    },
    clear() {
      used = 0;
    },
  };
}
