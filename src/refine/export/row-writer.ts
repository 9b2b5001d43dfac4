import type { Cell } from '../import/column.ts';

/** Rows for a file under way. */
export interface RowWriter {
  /** @throws {BatchSubmitError} `E_DISK`, as does `end` */
  add(row: readonly Cell[]): Promise<void>;
  /** To be called once the last row is added. */
  end(): Promise<void>;
}
