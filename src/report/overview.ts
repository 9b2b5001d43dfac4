import { formatBytes } from '../model/units.ts';
import type { FinalReport } from './final-report.ts';
import { count, day, lasting, moment, money, percent, plural, tokens } from './figures.ts';
import { html, NOTHING, sectionOf, type Markup } from './markup.ts';
import { verdictOf, type Tone } from './verdict.ts';

/** A sign beside the word, so that the colour is not the only one. */
const SIGNS: Readonly<Record<Tone, string>> = {
  complete: 'M3.5 8.5l3 3 6-7',
  'under way': 'M8 4v4.2l3 1.8',
  'needs attention': 'M8 3.5v5.2M8 11.6v.9',
  empty: 'M4.5 8h7',
};

/** What a reader sees first: how it went, and what to do next. */
export function pageHeader(report: FinalReport): Markup {
  const { tone, label, headline, open, next } = verdictOf(report);
  const range = report.batch_range === '' ? '' : `, batches ${report.batch_range}`;
  return html`<header>
    <p class="over">Batch report<span class="soft">${moment(report.report_generated)} UTC${range}</span></p>
    <p class="tone ${tone.replace(' ', '-')}">
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="${SIGNS[tone]}" /></svg
      >${label}
    </p>
    <h1>${headline}</h1>
    ${
      open.length === 0
        ? NOTHING
        : html`<ul class="open">
            ${open.map((point) => html`<li>${point}</li>`)}
          </ul>`
    }
    ${
      next.length === 0
        ? NOTHING
        : html`<div class="next">
            <h2>${next.length === 1 ? 'Next' : 'Next, in this order'}</h2>
            <ol>
              ${next.map(({ command, purpose }) => html`<li><code>${command}</code> <span>${purpose}</span></li>`)}
            </ol>
          </div>`
    }
  </header> `;
}

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly detail: string;
}

/** The numbers that most readers come for. */
export function keyFigures(report: FinalReport): Markup {
  const { statistics, requests, tokens: used, cost, results, batches } = report;
  const bytes = results.reduce((sum, result) => sum + result.bytes, 0);
  const figures: Figure[] = [
    {
      name: 'Batches submitted',
      value: count(statistics.submitted),
      detail: `of ${count(statistics.total)}; ${count(report.counts.downloaded)} saved, ${count(statistics.failed)} failed`,
    },
    {
      name: 'Requests answered',
      value: percent(requests.answered, requests.planned),
      detail: `${count(requests.answered)} of ${count(requests.planned)}`,
    },
    {
      name: 'Tokens',
      value: tokens(used.total),
      detail: `${tokens(used.prompt)} prompt, ${tokens(used.answer + used.thoughts)} output`,
    },
    {
      name: 'Cost',
      value: money(cost.amount, cost.currency),
      detail: cost.amount === null ? 'a price is missing' : `estimated, prices of ${day(cost.prices_as_of)}`,
    },
    { name: 'Results', value: formatBytes(bytes), detail: `in ${plural(results.length, 'file', 'files')}` },
    timeFigure(batches),
  ];
  return html`<dl class="figures">
    ${figures.map(
      ({ name, value, detail }) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}<small>${detail}</small></dd>
        </div>`,
    )}
  </dl> `;
}

function timeFigure(batches: FinalReport['batches']): Figure {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { submitted_at, ended_at, saved_at } of batches) {
    for (const at of [submitted_at, ended_at, saved_at]) {
      const time = Date.parse(at ?? '');
      if (Number.isNaN(time)) continue;
      first = Math.min(first, time);
      last = Math.max(last, time);
    }
  }
  return first > last
    ? { name: 'Time', value: '–', detail: 'nothing was submitted' }
    : {
        name: 'Time',
        value: lasting(last - first),
        detail: `from ${moment(new Date(first).toISOString())}`,
      };
}

/** planned = answered + failed + missing + pending, as a sum and as a bar. */
export function reconciliation({ requests }: FinalReport): Markup {
  const terms = [
    ['answered', requests.answered],
    ['failed', requests.failed],
    ['missing', requests.missing],
    ['pending', requests.pending],
  ] as const;
  const shares = visibleShares(terms.map(([, n]) => n));
  let left = 0;
  const bar = terms.map(([name], index) => {
    const start = left;
    left += shares[index] ?? 0;
    return html`<rect class="${name}" x="${start}%" width="${left - start}%" height="10" />`;
  });
  const sum = terms.map(
    ([name, n], index) =>
      html`<div>
        <span class="sign" aria-hidden="true">${index === 0 ? '=' : '+'}</span>
        <dt><i class="key ${name}"></i>${name}</dt>
        <dd>${count(n)}</dd>
      </div>`,
  );
  return sectionOf('requests', 'Every request accounted for', [
    html`<dl class="sum">
        <div>
          <dt>planned</dt>
          <dd>${count(requests.planned)}</dd>
        </div>
        ${sum}
      </dl>
      <svg class="strip" width="100%" height="10" aria-hidden="true">${bar}</svg>`,
  ]);
}

/** In percent. One in twenty thousand has to be seen too, so that none but nothing is below half a percent. */
function visibleShares(sizes: readonly number[]): readonly number[] {
  const whole = Math.max(
    1,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  const raised = sizes.map((size) => (size === 0 ? 0 : Math.max(0.5, (size / whole) * 100)));
  const all = Math.max(
    1,
    raised.reduce((sum, share) => sum + share, 0),
  );
  return raised.map((share) => Math.round((share / all) * 10_000) / 100);
}
