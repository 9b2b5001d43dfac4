import { count, plural } from './figures.ts';
import type { ReportedRecords } from './final-report.ts';

/** `204 requests = 203 parsed + 1 unparsable + 0 without an answer; 20,300 records = 20,300 imported + 0 held back (…)` */
export function recordsLine({ requests, records, duplicates, embedded, imported }: ReportedRecords): string {
  const { planned, parsed, unparsable, without } = requests;
  const made = plural(records, 'record', 'records');
  const within = [
    ...(duplicates === null ? [] : [plural(duplicates, 'duplicate', 'duplicates')]),
    ...(embedded === null ? [] : [`${count(embedded)} embedded`]),
  ].join(', ');
  const where =
    imported === null
      ? ', not imported'
      : ` = ${count(imported.imported)} imported + ${count(imported.held_back)} held back`;
  return [
    `${plural(planned, 'request', 'requests')} = ${count(parsed)} parsed + ${count(unparsable)} unparsable + ${count(without)} without an answer`,
    `${made}${where}${within === '' ? '' : ` (${within})`}`,
  ].join('; ');
}
