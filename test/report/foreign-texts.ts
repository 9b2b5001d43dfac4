import type { FinalReport } from '../../src/report/final-report.ts';
import { damagedReport } from './sample-reports.ts';

/** What a hostile or broken input could put wherever a report shows words that are not ours. */
const NASTY =
  '</td></table><script>alert(1)</script>" onload="x" \'`| [a](http://evil.example) **b** <!-- \u202Eltr\u0000\u001B[31m\n# h\r\n- l';

/** A report in which every string that is not ours is that text. */
export function hostileReport(text: string = NASTY): FinalReport {
  const report = damagedReport();
  return {
    ...report,
    batch_range: text,
    report_generated: text,
    cost: {
      ...report.cost,
      currency: text,
      prices_as_of: text,
      source: text,
      notes: [text],
      by_model: [{ model: text, input_tokens: 1, output_tokens: 1, amount: 1 }],
    },
    batches: report.batches.map((batch) => ({
      ...batch,
      file: text,
      job: text,
      model: text,
      status: batch.batch === 5 ? text : batch.status,
      submitted_at: batch.batch === 6 ? text : batch.submitted_at,
    })),
    waves: report.waves
      .slice(0, 1)
      .flatMap((wave) => [{ ...wave, run: text, batches: text, first_submitted_at: text }]),
    row_retries: [
      {
        batch: 205,
        job: text,
        status: text,
        rows: 1,
        answered: 0,
        sources: [{ batch: 1, lines: text }],
        cost: 1,
      },
    ],
    merged: { path: text, lines: 1, sha256: text },
    records: {
      requests: { planned: 1, parsed: 1, unparsable: 0, without: 0 },
      records: 1,
      duplicates: null,
      embedded: null,
      imported: { to: text, path: text, imported: 1, held_back: 0 },
    },
    notes: [text],
    duplicate_jobs: [{ batch: 1, jobs: [text] }],
    earlier_attempts: [{ batch: 1, attempt: 1, job: text, ended: text }],
    defects: [{ batch: 1, line: 1, key: text, kind: 'error', code: 13, reason: text, message: text }],
  };
}
