/** The service takes at most 2 GB a file (contract: Files API, limits). */
export const LARGEST_FILE_BYTES: number = 2 * 1024 ** 3;

/** How much one file may hold. Without a number there is no limit of that kind. */
export interface FileLimits {
  readonly maxLines: number | undefined;
  /** At most what the service takes. */
  readonly maxBytes: number;
  /** Estimated tokens of text. */
  readonly maxTokens: number | undefined;
}

/** How much a file, or a part of one, holds. */
export interface FileLoad {
  readonly lines: number;
  /** Line ends included. */
  readonly bytes: number;
  /** Characters of text, see `estimateTokens`. */
  readonly textLength: number;
}

export const EMPTY_LOAD: FileLoad = { lines: 0, bytes: 0, textLength: 0 };

const CHARACTERS_PER_TOKEN = 4;

/** A quarter of the length of the text. Pictures, sound and answers are not in it. */
export function estimateTokens(textLength: number): number {
  return Math.ceil(textLength / CHARACTERS_PER_TOKEN);
}

export function addLoads(one: FileLoad, other: FileLoad): FileLoad {
  return {
    lines: one.lines + other.lines,
    bytes: one.bytes + other.bytes,
    textLength: one.textLength + other.textLength,
  };
}

/** The limit that the load is above, as its flag, sizes in bytes: `--max-lines 100`; `undefined` for none. */
export function limitExceeded(load: FileLoad, limits: FileLimits): string | undefined {
  const { maxLines, maxBytes, maxTokens } = limits;
  if (maxLines !== undefined && load.lines > maxLines) return `--max-lines ${maxLines}`;
  if (load.bytes > maxBytes)
    return maxBytes === LARGEST_FILE_BYTES ? '2 GB, the most the service takes' : `--max-bytes ${maxBytes}`;
  if (maxTokens !== undefined && estimateTokens(load.textLength) > maxTokens)
    return `--max-tokens ${maxTokens}`;
  return undefined;
}
