/**
 * Numbers by row, a few bytes each where a list of objects would take a hundred. Rows count from 0; one
 * that was never set reads as 0.
 */
export interface Column {
  get(row: number): number;
  set(row: number, value: number): void;
}

type Numbers = Uint16Array | Uint32Array | Float64Array;

const FIRST_ROWS = 1024;

/**
 * Whole numbers up to 65,535.
 * @param rows how many there will be, where that is known: growing takes room for both sizes
 */
export function shortColumn(rows?: number): Column {
  return column((length) => new Uint16Array(length), rows);
}

/** Whole numbers up to 4,294,967,295. */
export function longColumn(rows?: number): Column {
  return column((length) => new Uint32Array(length), rows);
}

/** Any number. */
export function wideColumn(rows?: number): Column {
  return column((length) => new Float64Array(length), rows);
}

/** Whole numbers up to 65,535, in memory that threads share. */
export function sharedColumn(rows?: number): Column & { share(): Uint16Array } {
  let latest: Uint16Array = new Uint16Array();
  const make = (length: number): Uint16Array => {
    latest = new Uint16Array(new SharedArrayBuffer(length * Uint16Array.BYTES_PER_ELEMENT));
    return latest;
  };
  return { ...column(make, rows), share: () => latest };
}

function column(make: (length: number) => Numbers, rows: number = FIRST_ROWS): Column {
  let numbers = make(rows);
  return {
    get: (row) => numbers[row] ?? 0,
    set(row, value) {
      if (row >= numbers.length) {
        const longer = make(Math.max(row + 1, Math.ceil(numbers.length * 1.5)));
        longer.set(numbers);
        numbers = longer;
      }
      numbers[row] = value;
    },
  };
}
