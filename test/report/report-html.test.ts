import { describe, expect, test } from 'vitest';
import type { FinalReport } from '../../src/report/final-report.ts';
import { reportHtml } from '../../src/report/html.ts';
import { hostileReport } from './foreign-texts.ts';
import {
  damagedReport,
  emptyReport,
  goodReport,
  manyReport,
  sampleReport,
  singleReport,
  unknownPriceReport,
  usualReport,
} from './sample-reports.ts';
import { findTagFault } from './well-formed.ts';

/** The words of a page, one space between them. */
function textOf(page: string): string {
  return page
    .replaceAll(/<style>[^<]*<\/style>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

const SAMPLES: readonly (readonly [string, FinalReport])[] = [
  ['good', goodReport()],
  ['damaged', damagedReport()],
  ['usual', usualReport()],
  ['empty', emptyReport()],
  ['single', singleReport()],
  ['unknown price', unknownPriceReport()],
  ['2,000 batches', manyReport(2000)],
  ['hostile', hostileReport()],
  [
    'no times',
    sampleReport({
      batches: 5,
      change: (batch) => ({ ...batch, submitted_at: null, ended_at: null, saved_at: null }),
    }),
  ],
];

describe('reportHtml()', () => {
  test.for(SAMPLES)('closes every tag: %s', ([, report]) => {
    expect(findTagFault(reportHtml(report))).toBeUndefined();
  });

  test.for(SAMPLES)('loads nothing and runs nothing: %s', ([, report]) => {
    const page = reportHtml(report);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(
      /<(?:script|link|img|iframe|object|embed|base|form|a|use|image|foreignObject)\b/i,
    );
    expect(page).not.toMatch(/<[^>]*\s(?:src|href|xlink:href|srcset|action|on[a-z]+)=/i);
    expect(page).not.toMatch(/@import|url\(/i);
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  test('says first how it went', () => {
    const text = textOf(reportHtml(goodReport()));
    expect(text).toContain(
      'Complete 204 of 204 batches submitted, 20,400 of 20,400 requests answered and verified',
    );
    expect(text).not.toContain('Next');
    expect(text).not.toContain('Defects');
  });

  test('says what is missing and what to do about it', () => {
    const text = textOf(reportHtml(damagedReport()));
    expect(text).toContain('Needs attention 197 of 204 batches submitted');
    for (const point of [
      '1 create in doubt',
      '1 batch made more than once',
      '1 batch failed',
      '2 batches expired',
      '1 batch cancelled',
      '6 batches not submitted',
      '9 batches under way',
      '3 batches ended, not saved',
      '4 requests failed',
      '13 requests missing',
      '2,300 requests pending',
    ])
      expect(text).toContain(point);
    for (const command of ['cancel --duplicates', 'retry', 'watch', 'download'])
      expect(text).toContain(`batch-submit ${command}`);
  });

  test('shows every number of the sums', () => {
    const report = damagedReport();
    const text = textOf(reportHtml(report));
    const { requests, tokens, defects_by_kind } = report;
    const sums = [...Object.values(requests), ...Object.values(tokens)] as number[];
    for (const n of sums) expect(text).toContain(n.toLocaleString('en-US'));
    for (const [kind, n] of Object.entries(defects_by_kind)) {
      expect(text).toMatch(new RegExp(`${kind.replaceAll('_', ' ')} .{5,60} ${n} came,`));
    }
    expect(text).toContain('18 defects left, by place');
    expect(text).toContain('11 Sep 2026');
    for (const { batches } of report.waves) expect(text).toContain(batches);
    for (const { job } of report.row_retries) expect(text).toContain(job);
    for (const { jobs } of report.duplicate_jobs) for (const job of jobs) expect(text).toContain(job);
    for (const { key } of report.defects) expect(text).toContain(key);
    for (const { job } of report.batches) if (job !== null) expect(text).toContain(job);
  });

  test('shows foreign text as text, without what cannot be seen', () => {
    const page = reportHtml(hostileReport());
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    // oxlint-disable-next-line no-control-regex -- that none is left is the point
    expect(page).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/);
  });

  test('is complete only when nothing is open', () => {
    const verdict = (report: FinalReport): string | undefined =>
      /<title>([^:]*):/.exec(reportHtml(report))?.[1];
    expect(verdict(goodReport())).toBe('Complete');
    // Every request has its answer: a line that came twice is listed, and needs nobody.
    expect(verdict({ ...goodReport(), defects_omitted: 1 })).toBe('Complete');
    const { requests } = goodReport();
    const lacking = { ...requests, answered: requests.answered - 1, failed: 1 };
    expect(verdict({ ...goodReport(), requests: lacking })).toBe('Needs attention');
    const underWay = sampleReport({
      batches: 2,
      change: (batch) =>
        batch.batch === 1
          ? batch
          : { ...batch, status: 'submitted', ended_at: null, saved_at: null, answered: 0, pending: 100 },
    });
    expect(verdict(underWay)).toBe('Under way');
    expect(verdict(emptyReport())).toBe('Nothing planned');
  });

  test('never rounds up to all', () => {
    const report = sampleReport({
      batches: 204,
      change: (batch) => (batch.batch === 9 ? { ...batch, answered: 99, missing: 1 } : batch),
    });
    const text = textOf(reportHtml(report));
    expect(text).toContain('99.99%');
    expect(text).not.toContain('100%');
  });

  test('says that a price is missing, and sums the rest', () => {
    const text = textOf(reportHtml(unknownPriceReport()));
    expect(text).toContain('Not known , because a price is missing, at the prices of 11 Sep 2026');
    expect(text).toContain('The price of gemini-9-ultra is not known');
  });

  test('bears a time that no clock can show', () => {
    const report = sampleReport({
      batches: 5,
      change: (batch) => (batch.batch === 2 ? { ...batch, ended_at: '+275760-09-13T00:00:00.000Z' } : batch),
    });
    expect(textOf(reportHtml(report))).toContain('Complete');
  });

  test('takes a status that it does not know for something to look at', () => {
    const report = sampleReport({ batches: 1, change: (batch) => ({ ...batch, status: 'odd' }) });
    expect(textOf(reportHtml(report))).toContain('In another state 1 1');
  });

  test('sums what is known where one price is missing', () => {
    const report = sampleReport({
      batches: 2,
      change: (batch) => (batch.batch === 1 ? batch : { ...batch, model: 'other' }),
    });
    expect(textOf(reportHtml(report))).toMatch(/because a price is missing; \$0\.\d+ without it/);
  });

  test('stays small with 20,000 batches, and shows those that need it', { timeout: 60_000 }, () => {
    const manyWaves = manyReport(9).waves;
    const report: FinalReport = {
      ...manyReport(20_000),
      defects: Array.from({ length: 10_000 }, (_, line) => ({
        batch: 1,
        line: line + 1,
        key: `k${line}`.repeat(200),
        kind: 'missing' as const,
      })),
      defects_omitted: 5000,
      notes: Array.from({ length: 20_000 }, (_, n) => `note ${n}`),
      waves: Array.from({ length: 20_000 }, () => manyWaves).flat(),
    };
    const page = reportHtml(report);
    expect(page.length).toBeLessThan(1_500_000);
    const text = textOf(page);
    expect(text).toContain('19,000 more in the JSON report');
    expect(text).toContain('14,800 more in the JSON report');
    expect(text).toContain('batch_19982_proper.jsonl');
  });
});
