/** What stands between two parts of a line, and how many characters a line may have. */
export interface LineFit {
  readonly separator: string;
  readonly columns: number;
}

/** One line, without the last parts where they do not fit. The first is cut if it must be. */
export function dropParts(parts: readonly string[], { separator, columns }: LineFit): string {
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line}${separator}${part}`;
    if (line !== '' && longer.length > columns) break;
    line = longer;
  }
  return line.slice(0, columns);
}

/** As many lines as it takes for all parts, those after the first with `indent` before them. */
export function wrapParts(parts: readonly string[], indent: string, fit: LineFit): readonly string[] {
  const lines: string[] = [];
  let rest = parts;
  while (rest.length > 0) {
    let taken = 1;
    const joined = (count: number): string =>
      `${lines.length === 0 ? '' : indent}${rest.slice(0, count).join(fit.separator)}`;
    while (taken < rest.length && joined(taken + 1).length <= fit.columns) taken += 1;
    lines.push(joined(taken).slice(0, fit.columns));
    rest = rest.slice(taken);
  }
  return lines;
}
