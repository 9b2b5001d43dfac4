import type { Fields } from '../answer-record.ts';
import { cellOf, type Cell } from './column.ts';

/** An item of a prompt as a row of `qa_pairs`, with the `indicators` row that it names. */
export interface Original {
  readonly qaId: Cell;
  /** False for an id that may be a number within its prompt only, and stands for other items elsewhere. */
  readonly isGlobal: boolean;
  readonly indicatorId: Cell;
  readonly indicator: readonly Cell[] | undefined;
  readonly pair: readonly Cell[];
}

/** How many cells the rows of `qa_pairs` and `indicators` have. */
export const PAIR_CELLS = 6;
export const INDICATOR_CELLS = 4;

/** Ids and names that an item may have, the surest first. */
const IDS = ['qa_id', 'pair_id', 'id'] as const;
const INDICATOR_NAMES = ['indicator_name', 'indicator'] as const;

/** What an item of a prompt says of itself. An indicator that has a name and no id is called by its name. */
export function originalOf(source: Fields): Original {
  const idField = IDS.find((name) => isId(member(source, name)));
  const qaId = idField === undefined ? null : cellOf(member(source, idField), 'any');
  const nameField = INDICATOR_NAMES.find((name) => isId(member(source, name)));
  const name = nameField === undefined ? null : cellOf(member(source, nameField), 'text');
  const ownId = member(source, 'indicator_id');
  const indicatorId = isId(ownId) ? cellOf(ownId, 'any') : name;
  const text = (field: string): Cell => cellOf(member(source, field), 'text');
  const any = (field: string): Cell => cellOf(member(source, field), 'any');
  return {
    qaId,
    isGlobal: idField === 'qa_id',
    indicatorId,
    indicator:
      indicatorId === null ? undefined : [indicatorId, name, text('indicator_slug'), any('session_number')],
    pair: [qaId, indicatorId, any('pair_number'), text('question'), text('answer'), text('topic')],
  };
}

function member(source: Fields, name: string): Fields[string] | undefined {
  return Object.hasOwn(source, name) ? source[name] : undefined;
}

function isId(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || Number.isSafeInteger(value);
}
