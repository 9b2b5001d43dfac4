import type { AtomicOutput } from '../../state/atomic-output.ts';
import { createLineWriter } from '../../state/line-writer.ts';
import type { Cell, Column } from '../import/column.ts';
import { floatsIn } from '../vectors.ts';
import type { RowWriter } from './row-writer.ts';

/**
 * CSV as RFC 4180 has it, with a line of names. A text that a spreadsheet would take for a formula gets an
 * apostrophe in front; numbers stay numbers.
 */
export async function openCsv(output: AtomicOutput, columns: readonly Column[]): Promise<RowWriter> {
  const lines = createLineWriter(output);
  // The writer ends each line with a line feed.
  const add = (row: readonly Cell[]): Promise<void> => lines.add(`${row.map(fieldOf).join(',')}\r`);
  await add(columns.map(({ name }) => name));
  return { add, end: () => lines.flush() };
}

function fieldOf(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number' || typeof cell === 'bigint') return String(cell);
  const text = typeof cell === 'string' ? defuse(cell) : JSON.stringify([...floatsIn(cell)]);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function defuse(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
