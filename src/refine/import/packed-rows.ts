import type { Cell } from './column.ts';

/**
 * Some rows of a table. To hand a cell to another thread, or to a database, takes longer than to store it, so one that
 * is the same in all of these rows, such as the line or nothing at all, is here once.
 */
export interface PackedRows {
  readonly rows: number;
  /** A letter for each cell of a row: `v` where it varies among the rows, `s` where it is the same. */
  readonly form: string;
  /** The same ones in the order of the row, and then row by row those that vary. */
  readonly cells: readonly Cell[];
}

/** Rows in one statement. */
const ROWS_AT_ONCE = 50;

/** Packs rows of `width` cells that stand one after the other. */
export function packRows(cells: readonly Cell[], width: number): readonly PackedRows[] {
  const packs: PackedRows[] = [];
  for (let from = 0; from < cells.length; from += ROWS_AT_ONCE * width) {
    const to = Math.min(cells.length, from + ROWS_AT_ONCE * width);
    packs.push(pack(cells, { from, to, width }));
  }
  return packs;
}

/** The rows again, each with all of its cells. */
export function unpackRows({ rows, form, cells }: PackedRows): readonly (readonly Cell[])[] {
  const varying = form.replaceAll('s', '').length;
  const same = form.length - varying;
  return Array.from({ length: rows }, (_, row) => {
    let [nextSame, nextVarying] = [0, same + row * varying];
    return Array.from(form, (letter) => {
      const place = letter === 's' ? (nextSame += 1) : (nextVarying += 1);
      return cells[place - 1] ?? null;
    });
  });
}

/** The same rows in the form that fits all. */
export function loosen(packed: PackedRows): PackedRows {
  return { rows: packed.rows, form: 'v'.repeat(packed.form.length), cells: unpackRows(packed).flat() };
}

interface Slice {
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

function pack(cells: readonly Cell[], { from, to, width }: Slice): PackedRows {
  const same: Cell[] = [];
  const varying: number[] = [];
  let form = '';
  for (let index = 0; index < width; index += 1) {
    const first = cells[from + index] ?? null;
    let at = from + index + width;
    while (at < to && cells[at] === first) at += width;
    if (at < to) varying.push(index);
    else same.push(first);
    form += at < to ? 'v' : 's';
  }
  for (let at = from; at < to; at += width) for (const index of varying) same.push(cells[at + index] ?? null);
  return { rows: (to - from) / width, form, cells: same };
}
