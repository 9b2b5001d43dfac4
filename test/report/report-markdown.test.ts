import { describe, expect, test } from 'vitest';
import { reportMarkdown } from '../../src/report/markdown.ts';
import { hostileReport } from './foreign-texts.ts';
import {
  damagedReport,
  emptyReport,
  goodReport,
  manyReport,
  singleReport,
  unknownPriceReport,
} from './sample-reports.ts';

describe('reportMarkdown()', () => {
  test('begins with the verdict and folds what is fine', () => {
    const page = reportMarkdown(goodReport());
    expect(page.split('\n').slice(0, 3)).toEqual([
      '# Batch report: complete',
      '',
      '**204 of 204 batches submitted, 20,400 of 20,400 requests answered and verified.**',
    ]);
    expect(page).toContain('| Saved and complete | 204 | 1-204 |');
    expect(page).not.toContain('Next:');
    expect(page.split('\n').length).toBeLessThan(60);
  });

  test('shows every number of the sums', () => {
    const report = damagedReport();
    const page = reportMarkdown(report);
    const sums = [...Object.values(report.requests), ...Object.values(report.tokens)] as number[];
    for (const n of sums) expect(page).toContain(n.toLocaleString('en-US'));
    for (const [kind, n] of Object.entries(report.defects_by_kind)) {
      expect(page).toMatch(new RegExp(`\\| \`${kind}\` \\| [^|]+ \\| ${n} \\|`));
    }
    expect(page).toContain('| + failed | 4 |');
    expect(page).toContain('- Next: `batch-submit retry`');
    expect(page).toContain('| Expired | 2 | 96-97 |');
    expect(page).toContain('prices of 11 Sep 2026 (ai.google.dev/gemini-api/docs/pricing)');
    expect(page).toContain('`indicator-58-pair-089`');
    expect(page).toContain('batch 9: 3, 12-14, 77');
    for (const { jobs } of report.duplicate_jobs) for (const job of jobs) expect(page).toContain(job);
  });

  test('lists the worst batches first', () => {
    const page = reportMarkdown(damagedReport());
    expect(page.indexOf('| 58 | collected')).toBeLessThan(page.indexOf('| 17 | collected'));
  });

  test('keeps foreign text within its cell, its line and its words', () => {
    const page = reportMarkdown(hostileReport());
    // oxlint-disable-next-line no-control-regex -- that none is left is the point
    expect(page).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/);
    const outside = page.replaceAll(/(?<!\\)(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, 'CODE');
    expect(outside).not.toMatch(/(?<!\\)<script/);
    expect(outside).not.toMatch(/(?<!\\)\[a/);
    const tables = page.split('\n\n').filter((block) => block.startsWith('|'));
    expect(tables.length).toBeGreaterThan(5);
    for (const table of tables) {
      const widths = table.split('\n').map((row) => row.match(/(?<!\\)\|/g)?.length);
      expect(new Set(widths).size, table).toBe(1);
    }
    expect(
      page
        .split('\n')
        .filter((line) => line.startsWith('#'))
        .map((line) => line.slice(0, 3)),
    ).not.toContain('# h');
  });

  test('works for nothing, for one, and for twenty thousand', () => {
    expect(reportMarkdown(emptyReport())).toContain('**There are no batches yet.**');
    expect(reportMarkdown(singleReport())).toContain(
      '**1 of 1 batch submitted, 1 of 1 request answered and verified.**',
    );
    const page = reportMarkdown(manyReport(20_000));
    expect(page.length).toBeLessThan(10_000);
    expect(page).toContain('| Expired | 206 | 97, 194,');
  });

  test('says that a price is missing', () => {
    expect(reportMarkdown(unknownPriceReport())).toContain(
      '**Not known**, because a price is missing, at the prices of 11 Sep 2026',
    );
  });
});
