/** The largest file, and how many of its kind are in flight at once. Measured: 204 files of 293 KB, 50 ms a request. */
const STEPS: readonly (readonly [largestBytes: number, files: number])[] = [
  [1024 * 1024, 24],
  [8 * 1024 * 1024, 16],
  [Number.POSITIVE_INFINITY, 8],
];

/**
 * How many files are in flight at once where the user does not say: over a wire with a delay, small files
 * are mostly waiting, so more of them go together.
 * @param sizes of the files, in bytes
 */
export function concurrencyFor(sizes: readonly number[]): number {
  const [, files] = STEPS.find(([largest]) => sizes.every((size) => size <= largest)) ?? [0, 1];
  return files;
}
