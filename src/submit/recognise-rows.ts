import { createHash } from 'node:crypto';
import { keyedLine } from '../input/keyed-line.ts';
import { readRequestRows, type RequestRow } from '../input/request-rows.ts';
import type { RowSource } from '../model/batch-record.ts';
import { foldLines } from '../model/line-ranges.ts';

/** An input file that rows may be of. */
export interface SourceFile {
  readonly batch: number;
  readonly path: string;
}

interface Place {
  readonly batch: number;
  readonly line: number;
  readonly inputSha256: string;
}

/**
 * Finds out again which rows a file of a row retry was made of, when the state that knew it is lost: each
 * line is looked for in the input files, byte for byte as it was sent.
 * @returns `undefined` unless every line is found
 */
export async function recogniseRows(
  path: string,
  files: readonly SourceFile[],
  signal: AbortSignal,
): Promise<readonly RowSource[] | undefined> {
  const lines = new Map<string, number>();
  const keys = new Set<string>();
  const own = await readRequestRows(
    path,
    {
      onRow(row) {
        keys.add(row.key);
        lines.set(digestOf(row), lines.size);
      },
    },
    signal,
  );
  if (own === undefined || lines.size === 0 || lines.size !== own.rows) return undefined;
  const places = new Map<number, Place>();
  for (const { batch, path: source } of files) {
    const found: [number, number][] = [];
    const onRow = (row: RequestRow): void => {
      const place = keys.has(row.key) ? lines.get(digestOf(row)) : undefined;
      // The same line in two files is the same request: either may have its answer.
      if (place !== undefined && !places.has(place)) found.push([place, row.line]);
    };
    const read = await readRequestRows(source, { onRow }, signal);
    if (read === undefined) continue;
    for (const [place, line] of found)
      if (!places.has(place)) places.set(place, { batch, line, inputSha256: read.sha256 });
  }
  return places.size === lines.size ? sourcesOf(places) : undefined;
}

function digestOf(row: RequestRow): string {
  return createHash('sha256').update(keyedLine(row)).digest('base64');
}

/** Rows in their order, folded where they follow one another in one file. */
function sourcesOf(places: ReadonlyMap<number, Place>): readonly RowSource[] {
  const sources: { readonly place: Place; readonly lines: number[] }[] = [];
  for (let row = 0; row < places.size; row += 1) {
    const place = places.get(row);
    if (place === undefined) continue;
    const last = sources.at(-1);
    if (last?.place.batch === place.batch && (last.lines.at(-1) ?? 0) < place.line)
      last.lines.push(place.line);
    else sources.push({ place, lines: [place.line] });
  }
  return sources.map(({ place: { batch, inputSha256 }, lines }) => ({
    batch,
    lines: foldLines(lines),
    inputSha256,
  }));
}
