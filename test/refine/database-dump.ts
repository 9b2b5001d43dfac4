import { createHash } from 'node:crypto';
import Database from 'libsql';

/** Everything that a database holds, as text: its tables, indexes and views, and each row in the order of its key. */
export function dumpOf(path: string): string {
  const database = new Database(path, { readonly: true });
  try {
    const parts = database
      .prepare("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name")
      .all() as readonly { readonly type: string; readonly name: string; readonly sql: string }[];
    const lines = parts.map(({ sql }) => sql);
    for (const { type, name } of parts) {
      if (type !== 'table') continue;
      const rows = database
        .prepare(`SELECT * FROM "${name.replaceAll('"', '""')}" ORDER BY 1`)
        .all() as readonly object[];
      for (const row of rows) lines.push(`${name} ${JSON.stringify(row, shortBlob)}`);
    }
    return lines.join('\n');
  } finally {
    database.close();
  }
}

function shortBlob(_name: string, value: unknown): unknown {
  const isBytes = typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
  if (!isBytes) return value;
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
