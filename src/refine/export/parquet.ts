import type { ParquetWriter as Writer } from 'hyparquet-writer';
import type { AtomicOutput } from '../../state/atomic-output.ts';
import type { Cell, Column } from '../import/column.ts';
import { floatsIn } from '../vectors.ts';
import type { RowWriter } from './row-writer.ts';

type SchemaElement = Writer['schema'][number];

/** Rows that are in memory at a time; with vectors some of them are 12 kB. */
const GROUP_ROWS = 5000;

/** Parquet, in groups of rows. The package that writes it is loaded here. */
export async function openParquet(output: AtomicOutput, columns: readonly Column[]): Promise<RowWriter> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const handOver = async (): Promise<void> => {
    await output.write(bytes.getBytes());
    bytes.index = 0;
  };
  const schema: SchemaElement[] = [
    { name: 'schema', num_children: columns.length },
    ...columns.flatMap((column) => elementsOf(column)),
  ];
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: 'batch-submit' });
  let rows: (readonly Cell[])[] = [];
  const writeGroup = async (): Promise<void> => {
    if (rows.length === 0) return;
    const columnData = columns.map(({ name, type }, index) => ({
      name,
      data: rows.map((row) => valueOf(row[index] ?? null, type)),
    }));
    rows = [];
    await writer.write({ columnData, rowGroupSize: GROUP_ROWS });
    await handOver();
  };
  return {
    async add(row) {
      rows.push(row);
      if (rows.length === GROUP_ROWS) await writeGroup();
    },
    async end() {
      await writeGroup();
      await writer.finish();
      await handOver();
    },
  };
}

function elementsOf({ name, type }: Column): readonly SchemaElement[] {
  switch (type) {
    case 'integer':
      return [{ name, type: 'INT64', repetition_type: 'OPTIONAL' }];
    case 'real':
      return [{ name, type: 'DOUBLE', repetition_type: 'OPTIONAL' }];
    case 'blob':
      return [
        { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
      ];
    case 'text':
    case 'any':
      return [{ name, type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'UTF8' }];
  }
}

/** A cell as the column's type has it; a text that is no number has no place in a column of numbers. */
function valueOf(cell: Cell, type: Column['type']): unknown {
  if (cell === null) return undefined;
  if (type === 'blob') return cell instanceof Uint8Array ? [...floatsIn(cell)] : undefined;
  if (type === 'integer') return Number.isSafeInteger(Number(cell)) ? BigInt(cell as number) : undefined;
  if (type !== 'real') return String(cell);
  const number = Number(cell);
  return Number.isFinite(number) ? number : undefined;
}
