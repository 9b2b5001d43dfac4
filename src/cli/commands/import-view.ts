import type { Body } from '../../documents/body.ts';
import type { ImportDocument } from '../../documents/import.ts';
import { showName } from '../../input/show-name.ts';
import type { Imported } from '../../refine/import/import-records.ts';
import type { ResultDocument } from '../output/printer.ts';
import { plural } from './run-summary.ts';

/** What an import came to, in its three forms. */
export function describeImport(imported: Imported): ResultDocument {
  const { to, path, table, outcome, backup, requests, records, heldBack, duplicates, embedded } = imported;
  const { added, updated, removed } = imported;
  return {
    lines: linesOf(imported),
    records: [[outcome, showName(path), records, imported.imported, heldBack, duplicates, embedded]],
    json: {
      dryRun: outcome === 'planned',
      to,
      path,
      table: table ?? null,
      outcome,
      backup: backup ?? null,
      requests,
      records: { total: records, imported: imported.imported, heldBack, duplicates, embedded },
      rows: { added, updated, removed },
    } satisfies Body<ImportDocument>,
  };
}

/** What was done, in a sentence or two. */
export function importSummary({ outcome, path, backup, added, updated, removed }: Imported): string {
  if (outcome === 'unchanged') return `"${showName(path)}" holds all of it already: nothing was written.`;
  const changes = [
    [added, 'added'],
    [updated, 'updated'],
    [removed, 'removed'],
  ] as const;
  const told = changes.filter(([count]) => count > 0).map(([count, verb]) => `${count} ${verb}`);
  const rows = told.length === 0 ? 'No row changes' : `Rows: ${told.join(', ')}`;
  const kept = backup === undefined ? '' : ` The database as it was is in "${showName(backup)}".`;
  return outcome === 'planned' ? `${rows}. Nothing was written.` : `${rows}.${kept}`;
}

function linesOf({
  path,
  table,
  requests,
  records,
  imported,
  heldBack,
  duplicates,
  embedded,
}: Imported): string[] {
  const { planned, parsed, unparsable, without } = requests;
  const into = table === undefined ? '' : `   table ${showName(table)}`;
  return [
    `  Requests   ${planned} planned = ${parsed} parsed + ${unparsable} unparsable + ${without} without an answer`,
    `  Records    ${records} = ${imported} imported + ${heldBack} held back`,
    `             ${plural(duplicates, 'duplicate', 'duplicates')} among them, ${embedded} with a vector`,
    `  Into       ${showName(path)}${into}`,
  ];
}
