import type { Column } from '../import/column.ts';
import { PAIR_COLUMNS, recordColumns } from '../import/preset.ts';

/** Of the originals: a file has no second table that could hold them. */
const ORIGINALS: readonly Column[] = [
  { name: 'question', from: 'source.question', type: 'text' },
  { name: 'answer', from: 'source.answer', type: 'text' },
  { name: 'indicator_id', from: 'source.indicator_id', type: 'text' },
  { name: 'topic', from: 'source.topic', type: 'text' },
];

/**
 * The columns of a file: those of the table, with the originals beside the refined.
 * @param properties of records of another kind; `undefined` for refined pairs
 */
export function exportColumns(
  properties: readonly string[] | undefined,
  withEmbeddings: boolean,
): readonly Column[] {
  const table = properties === undefined ? PAIR_COLUMNS : recordColumns(properties);
  return table.flatMap((column) => {
    if (column.from === 'place' || (column.type === 'blob' && !withEmbeddings)) return [];
    if (column.from === 'qa_id') return [{ ...column, from: 'source.qa_id' }];
    if (column.from === 'loose_source') return ORIGINALS;
    return [column];
  });
}
