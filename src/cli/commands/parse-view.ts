import type { Body } from '../../documents/body.ts';
import type { RecordsDocument } from '../../documents/records.ts';
import { showName } from '../../input/show-name.ts';
import type { ParseOutcome } from '../../refine/parse/parse-answers.ts';
import type { ParsedResults } from '../../run/parse-results.ts';
import type { RecordFiles } from '../../refine/record-files.ts';
import { foldBatches } from '../../model/batch-set.ts';
import { GATES, type Gate } from '../../model/gates.ts';
import type { ResultDocument } from '../output/printer.ts';
import { plural } from './run-summary.ts';

/** The records that were made, in their three forms. */
export function describeRecords(
  { summary, samples, reasons, withoutInput }: ParsedResults,
  files: RecordFiles,
  isDry: boolean,
  exitCode: number,
): ResultDocument {
  const { requests, records, unparsed, gates } = summary;
  const parts = [
    `${requests.parsed} gave records`,
    ...(requests.unparsable > 0 ? [`${requests.unparsable} gave none`] : []),
    ...(requests.without > 0 ? [`${requests.without} without an answer`] : []),
  ];
  const why = [...reasons].map(([reason, count]) => `${count} ${reason}`).join(', ');
  return {
    lines: [
      `  Requests   ${requests.planned}: ${parts.join(', ')}`,
      `  Records    ${records.count} ${isDry ? 'would be' : 'are'} in ${files.records}`,
      ...(unparsed > 0 ? [`  Unparsed   ${unparsed} (${why}) in ${files.unparsed}`] : []),
      ...GATES.flatMap((gate) => gateLines(gate, gates[gate], samples)),
    ],
    records: summary.batches.flatMap(({ batch, parsed, unparsable, without, records: made }) => [
      ...(parsed > 0 ? [[batch, 'parsed', parsed, made]] : []),
      ...(unparsable > 0 ? [[batch, 'unparsable', unparsable, 0]] : []),
      ...(without > 0 ? [[batch, 'without', without, 0]] : []),
    ]),
    json: {
      dryRun: isDry,
      requests,
      records: { path: files.records, count: records.count, sha256: records.sha256 },
      unparsed: { path: files.unparsed, count: unparsed, reasons: Object.fromEntries(reasons) },
      kind: summary.kind,
      fields: summary.fields,
      language: summary.language ?? null,
      gates,
      samples,
      batches: summary.batches,
      withoutInput,
      exitCode,
    } satisfies Body<RecordsDocument>,
  };
}

function gateLines(
  gate: Gate,
  tripped: number | undefined,
  samples: ParseOutcome['samples'],
): readonly string[] {
  if (tripped === undefined) return [];
  const what =
    gate === 'count' ? plural(tripped, 'request', 'requests') : plural(tripped, 'record', 'records');
  const shown = samples.filter((sample) => sample.gate === gate);
  return [
    `  Doubtful   ${gate}: ${what}`,
    ...shown.map(({ id, text }) => `               ${id}   ${showName(beginning(text))}`),
  ];
}

/** The next command. */
export function recordNotes(
  { summary, reasons, withoutInput }: ParsedResults,
  isDry: boolean,
): readonly string[] {
  if (isDry) return ['Nothing was written.'];
  const miscounted = reasons.get('count') ?? 0;
  const lost = summary.unparsed - miscounted;
  const { without } = summary.requests;
  return [
    ...(withoutInput.length > 0
      ? [
          `! The input of ${plural(withoutInput.length, 'batch', 'batches')} is not as it was sent (${foldBatches(withoutInput)}): without it records have other ids and no originals. Put it back, then run \`batch-submit parse\` again`,
        ]
      : []),
    ...(lost > 0
      ? [
          '! Send again what gave no record: `batch-submit retry --rows-only --reason unparsable`, then `batch-submit parse`',
        ]
      : []),
    ...(without > 0 ? ['! Requests without an answer: `batch-submit status` says why'] : []),
    ...(Object.keys(summary.gates).length > 0
      ? ['! Doubtful records are held up by `batch-submit import` until you decide']
      : []),
    ...(summary.records.count > 0
      ? ['Next: batch-submit dedupe      find duplicates among the records']
      : []),
  ];
}

const SHOWN = 60;

function beginning(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}
