import type { AtomicOutput } from '../../state/atomic-output.ts';
import { createLineWriter } from '../../state/line-writer.ts';
import type { Cell, Column } from '../import/column.ts';
import { floatsIn } from '../vectors.ts';
import type { RowWriter } from './row-writer.ts';

/** One plain object a line. */
export function openJsonl(output: AtomicOutput, columns: readonly Column[]): RowWriter {
  const lines = createLineWriter(output);
  const names = columns.map(({ name }) => `${JSON.stringify(name)}:`);
  return {
    add: (row) => lines.add(`{${row.map((cell, index) => `${names[index]}${jsonOf(cell)}`).join(',')}}`),
    end: () => lines.flush(),
  };
}

function jsonOf(cell: Cell): string {
  if (typeof cell === 'bigint') return String(cell);
  return JSON.stringify(cell instanceof Uint8Array ? [...floatsIn(cell)] : cell);
}
