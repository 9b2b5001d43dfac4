import type { FinalReport } from './final-report.ts';
import { defectBars, tokenBars } from './bars.ts';
import { timeChart } from './chart.ts';
import { costInWords, count, day, money, plural } from './figures.ts';
import { html, moreOf, NOTHING, sectionOf, tableOf, verbatim, type Markup } from './markup.ts';
import { keyFigures, pageHeader, reconciliation } from './overview.ts';
import { PAGE_STYLE } from './style.ts';
import { batchGroups, batchTable, defectTable, retryTable, waveTable } from './tables.ts';
import { recordsLine } from './records-line.ts';
import { verdictOf } from './verdict.ts';

const MOST_LISTED = 50;

/**
 * The report as one page that needs nothing else: no script, no font, no picture from outside. What the page
 * may load is nothing, by its own policy, should anything foreign ever get past the escaping.
 */
export function reportHtml(report: FinalReport): string {
  const isEmpty = report.statistics.total === 0;
  const main = isEmpty
    ? []
    : [
        keyFigures(report),
        reconciliation(report),
        sectionOf('batches', 'Batches', [timeChart(report), batchGroups(report), batchTable(report)]),
        sectionOf('defects', 'Defects', [defectBars(report), defectTable(report)]),
        sectionOf('tokens', 'Tokens and cost', [
          tokenBars(report),
          html`<div class="pair">
            ${tokenTable(report)}
            <div>${costOfTokens(report)}</div>
          </div>`,
        ]),
      ];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="${verbatim("default-src 'none'; style-src 'unsafe-inline'")}"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${verdictOf(report).label}: batch report</title>
        <style>
          ${verbatim(PAGE_STYLE)}
        </style>
      </head>
      <body>
        ${pageHeader(report)}
        <main>${main}${waveTable(report)}${retryTable(report)}${jobs(report)}${notes(report)}</main>
        <footer>
          <p>Made by batch-submit. The JSON report beside this page has every number in full.</p>
        </footer>
      </body>
    </html> `.markup;
}

function tokenTable({ tokens }: FinalReport): Markup {
  const rows = [
    ['Prompt, estimated before sending', tokens.estimated_prompt],
    ['Prompt, as counted by the service', tokens.prompt],
    ['of it from a cache', tokens.cached],
    ['Answers', tokens.answer],
    ['Thoughts', tokens.thoughts],
    ['Total', tokens.total],
  ] as const;
  return tableOf(
    'Tokens',
    [{ title: 'Tokens' }, { title: 'Count', isNumber: true }],
    rows.map(([name, n]) => [html`${name}`, html`${count(n)}`]),
  );
}

function costOfTokens({ cost }: FinalReport): readonly Markup[] {
  const rows = cost.by_model.map(({ model, input_tokens, output_tokens, amount }) => [
    html`<code>${model}</code>`,
    html`${count(input_tokens)}`,
    html`${count(output_tokens)}`,
    html`${money(amount, cost.currency)}`,
  ]);
  const columns = [
    { title: 'Model' },
    ...['Input tokens', 'Output tokens', 'Cost'].map((title) => ({ title, isNumber: true })),
  ];
  const words = costInWords(cost);
  return [
    html`<p>
      <b>${words.amount}</b>, ${words.basis}, at the prices of ${day(cost.prices_as_of)}
      <span class="soft">(${cost.source})</span>
    </p>`,
    rows.length === 0 ? NOTHING : tableOf('Cost by model', columns, rows),
    list(cost.notes.map((note) => html`<li>${note}</li>`)),
  ];
}

function jobs({ duplicate_jobs, earlier_attempts }: FinalReport): Markup {
  const twice = duplicate_jobs.map(
    ({ batch, jobs: names }) =>
      html`<li>
        Batch ${batch} was made more than once:
        ${names.slice(0, 5).map((name) => html`<code>${name}</code> `)}${moreOf(names.length, 5, count)}
      </li>`,
  );
  const earlier = earlier_attempts.map(
    ({ batch, attempt, job, ended }) =>
      html`<li>
        Batch ${batch}, attempt ${attempt}: ${job === null ? html`no job` : html`<code>${job}</code>`},
        ${ended}
      </li>`,
  );
  return html`${sectionOf('twice', 'Jobs made more than once', [list(twice)])}${sectionOf('earlier', 'Earlier attempts', [list(earlier)])}`;
}

function notes({ notes: all, merged, records }: FinalReport): Markup {
  const file =
    merged === null
      ? []
      : [
          html`<li>
            Merged into <code>${merged.path}</code>: ${plural(merged.lines, 'line', 'lines')}, SHA-256
            <code class="hash">${merged.sha256}</code>
          </li>`,
        ];
  const made = records === null ? [] : [html`<li>Records: ${recordsLine(records)}</li>`];
  return sectionOf('notes', 'Notes', [
    list([...file, ...made, ...all.map((note) => html`<li>${note}</li>`)]),
  ]);
}

function list(items: readonly Markup[]): Markup {
  if (items.length === 0) return NOTHING;
  return html`<ul class="list">
      ${items.slice(0, MOST_LISTED)}
    </ul>
    ${moreOf(items.length, MOST_LISTED, count)}`;
}
