/** A stretch of lines, first and last. */
export type LineRange = [first: number, last: number];

/** `3, 12-14`: numbers folded as a person would write them. They must ascend. */
export function foldLines(lines: readonly number[]): string {
  const ranges: LineRange[] = [];
  for (const line of lines) addLine(ranges, line);
  return foldRanges(ranges);
}

/** Adds a line behind those that are there, without a number for each. */
export function addLine(ranges: LineRange[], line: number): void {
  const last = ranges.at(-1);
  if (last !== undefined && last[1] === line - 1) last[1] = line;
  else ranges.push([line, line]);
}

export function foldRanges(ranges: readonly Readonly<LineRange>[]): string {
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}

/** The numbers of a folded text, ascending as they were. What is no number or range is left out. */
export function unfoldLines(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const match = /^\s*(\d{1,10})(?:-(\d{1,10}))?\s*$/.exec(part);
    if (match === null) return [];
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  });
}
