/** The first five lines of a long list, and how many were left out: a wall of repeats hides the cause. */
export function firstFive(lines: readonly string[]): readonly string[] {
  if (lines.length <= 5) return lines;
  return [...lines.slice(0, 5), `and ${lines.length - 5} more`];
}
