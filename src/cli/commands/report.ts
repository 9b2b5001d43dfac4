import { writeReport } from '../../report/build-report.ts';
import type { FinalReport } from '../../report/final-report.ts';
import { recordsLine } from '../../report/records-line.ts';
import { writeFileAtomic } from '../../state/atomic-file.ts';
import { knownBatches } from '../batches.ts';
import type { CommandHandler } from '../command-spec.ts';
import { EXIT } from '../exit-codes.ts';
import { hasFlag, textFlag, type Invocation } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';
import { escapeHidden } from '../output/escape-hidden.ts';
import { makeReport } from './conclude.ts';
import { refuseReportPath } from './report-path.ts';
import { NO_STATE } from './no-state.ts';

/** `batch-submit report`: reconciles from what was planned to what is on disk. Sends nothing. */
export const reportCommand: CommandHandler = (invocation) => withDesk(invocation, showReport);

async function showReport(desk: Desk): Promise<number> {
  const { invocation, printer, settings } = desk;
  const path = textFlag(invocation, 'output') ?? settings.settings.report;
  if (path !== '-') await refuseReportPath(settings.settings, path);
  const state = (await desk.loadState())?.state ?? NO_STATE;
  const batches = await knownBatches(settings.settings, state, { kind: 'all' });
  const report = await makeReport(desk, state, batches);
  const pages = await pagesOf(invocation, report);
  if (path === '-') {
    const text = (
      pages.length === 0
        ? escapeHidden(JSON.stringify(report, undefined, 2))
        : pages.map((page) => page.text).join('\n')
    ).split('\n');
    printer.result({ lines: text, records: text.map((line) => [line]), json: report });
    return EXIT.ok;
  }
  const written: string[] = [];
  if (!hasFlag(invocation, 'dry-run')) {
    await writeReport(path, report);
    written.push(path);
    for (const { extension, text } of pages) {
      const beside = `${path.replace(/\.json$/, '')}.${extension}`;
      await refuseReportPath(settings.settings, beside);
      await writeFileAtomic(beside, text);
      written.push(beside);
    }
  }
  const lines = [
    ...summaryOf(report),
    ...(written.length > 0 ? [`Report written to ${written.join(', ')}`] : ['Nothing was written.']),
  ];
  printer.result({ lines, records: lines.map((line) => [line]), json: report });
  return EXIT.ok;
}

interface Page {
  readonly extension: 'md' | 'html';
  readonly text: string;
}

/** Loaded only when they are asked for. */
async function pagesOf(invocation: Invocation, report: FinalReport): Promise<readonly Page[]> {
  const pages: Page[] = [];
  if (hasFlag(invocation, 'markdown')) {
    const { reportMarkdown } = await import('../../report/markdown.ts');
    pages.push({ extension: 'md', text: reportMarkdown(report) });
  }
  if (hasFlag(invocation, 'html')) {
    const { reportHtml } = await import('../../report/html.ts');
    pages.push({ extension: 'html', text: reportHtml(report) });
  }
  return pages;
}

function summaryOf({ statistics, requests, counts, tokens, cost, records }: FinalReport): readonly string[] {
  const { submitted, total, percentage, failed } = statistics;
  const amount =
    cost.amount === null
      ? 'cost unknown'
      : `${cost.amount} ${cost.currency} at prices of ${cost.prices_as_of}`;
  return [
    `${submitted} of ${total} submitted (${percentage}%), ${failed} failed, ${counts.downloaded} downloaded`,
    `Requests: ${requests.planned} planned = ${requests.answered} answered + ${requests.failed} failed + ${requests.missing} missing + ${requests.pending} pending`,
    `Tokens: ${tokens.prompt} in (${tokens.estimated_prompt} estimated), ${tokens.answer + tokens.thoughts} out; ${amount}`,
    ...(records === null ? [] : [`Records: ${recordsLine(records)}`]),
  ];
}
