import type { Body } from '../../documents/body.ts';
import type { DuplicatesDocument } from '../../documents/duplicates.ts';
import { showName } from '../../input/show-name.ts';
import type { Deduped, Merged } from '../../refine/dedupe/dedupe.ts';
import type { ResultDocument } from '../output/printer.ts';
import { plural } from './run-summary.ts';

/** What was found, in its three forms. */
export function describeDuplicates(deduped: Deduped, path: string, isDry: boolean): ResultDocument {
  const { records, empty, found, fields, threshold, recall, cosine, samples } = deduped;
  const kept = keptOf(deduped);
  return {
    lines: [
      `  Records    ${records}, compared by ${fields.map((field) => showName(field)).join(', ')}`,
      `  Exact      ${found.exact}   the same words`,
      `  Near       ${found.near}   at least ${threshold} alike, and the same numbers`,
      `  Close      ${cosine === null ? 'not compared: --cosine compares vectors, once there are any' : `${found.close}   vectors with a cosine of at least ${cosine}`}`,
      `  Kept       ${kept}${empty === 0 ? '' : `, ${empty} of them without a word to compare`}`,
      ...(samples.length === 0 ? [] : ['', 'Least alike of what was merged']),
      ...samples.flatMap((sample) => sampleLines(sample)),
    ],
    records: [[records, kept, found.exact, found.near, found.close]],
    json: {
      dryRun: isDry,
      path,
      records,
      kept,
      empty,
      ...found,
      fields,
      threshold,
      recall,
      cosine,
      samples: samples.map(({ record, kept: into, by, similarity }) => ({
        id: record.id,
        text: beginningOf(record.text),
        into: into.id,
        intoText: beginningOf(into.text),
        by,
        similarity,
      })),
    } satisfies Body<DuplicatesDocument>,
  };
}

/** What was done, in a sentence or two. */
export function dedupeSummary(deduped: Deduped, path: string, isDry: boolean): string {
  const merged = deduped.records - keptOf(deduped);
  const records = plural(deduped.records, 'record', 'records');
  const end = isDry ? 'Nothing was written.' : `They are named in ${showName(path)}; no record was deleted.`;
  return `${merged} of ${records} ${merged === 1 ? 'says' : 'say'} the same as another. ${end}`;
}

function keptOf({ records, found }: Deduped): number {
  return records - found.exact - found.near - found.close;
}

function sampleLines({ record, kept, by, similarity }: Merged): readonly string[] {
  return [
    `  ${by} ${similarity}`,
    `    ${showName(record.id)}   ${showName(beginningOf(record.text))}`,
    `    ${showName(kept.id)}   ${showName(beginningOf(kept.text))}   (kept)`,
  ];
}

const MOST_CHARACTERS = 60;

/** In one line; whole characters, however many units they have. */
function beginningOf(text: string): string {
  const characters = Array.from(text.slice(0, 4 * MOST_CHARACTERS).replaceAll(/\s+/g, ' '));
  if (characters.length <= MOST_CHARACTERS) return characters.join('');
  return `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`;
}
