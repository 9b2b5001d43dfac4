const SMALL_FILE_BYTES = 8 * 1024 * 1024;

/**
 * How many files are in flight at once where the user does not say: over a wire with a delay, small files
 * are mostly waiting, so more of them go together.
 * @param sizes of the files, in bytes
 */
export function concurrencyFor(sizes: readonly number[]): number {
  return sizes.every((size) => size <= SMALL_FILE_BYTES) ? 16 : 8;
}
