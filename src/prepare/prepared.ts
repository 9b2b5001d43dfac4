import { join } from 'node:path';
import type { FileLoad } from '../model/file-limits.ts';
import { estimateTokens } from '../model/file-limits.ts';
import { foldRanges } from '../model/line-ranges.ts';
import type { MadeFile, Origin } from './batch-writer.ts';
import type { Source } from './check-sources.ts';
import type { Published, Unpublished } from './publish.ts';

/** One numbered file, as it stands in its folder. */
export interface PreparedFile {
  readonly batch: number;
  readonly path: string;
  readonly outcome: Published;
  readonly sizeBytes: number;
  /** Lower-case hex over the exact bytes. */
  readonly sha256: string;
  readonly lines: number;
  readonly estimatedTokens: number;
  readonly sources: readonly PreparedOrigin[];
}

/** Where lines of a numbered file are from. */
export interface PreparedOrigin {
  readonly path: string;
  /** Where they stand in the source: `3, 12-14`. */
  readonly lines: string;
  /** Where they stand in the numbered file: `1-4`. */
  readonly at: string;
}

/** What a split or a merge came to. */
export interface Prepared {
  readonly files: readonly PreparedFile[];
  readonly sources: readonly Source[];
  /** Lines that had no key that is text. */
  readonly keysGiven: number;
}

export interface NumberedFile extends Unpublished {
  readonly batch: number;
  readonly load: FileLoad;
  readonly origins: readonly Origin[];
}

/** The files with their numbers and the names that they are to get. */
export function unpublished(
  made: readonly MadeFile[],
  folder: string,
  from: number,
  names: readonly string[],
): readonly NumberedFile[] {
  return made.map((file, index) => ({
    ...file,
    batch: from + index,
    path: join(folder, names[index] ?? ''),
  }));
}

export function describePrepared(
  files: readonly NumberedFile[],
  outcomes: readonly Published[],
  sources: readonly Source[],
  keysGiven: number,
): Prepared {
  return {
    sources,
    keysGiven,
    files: files.map(({ batch, path, sizeBytes, sha256, load, origins }, index) => ({
      batch,
      path,
      outcome: outcomes[index] ?? 'planned',
      sizeBytes,
      sha256,
      lines: load.lines,
      estimatedTokens: estimateTokens(load.textLength),
      sources: origins.map((origin) => ({
        path: sources[origin.source]?.path ?? '',
        lines: foldRanges(origin.lines),
        at: foldRanges([[origin.first, origin.last]]),
      })),
    })),
  };
}
