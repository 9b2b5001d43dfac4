import type { FinalReport, ReportedTokens } from './final-report.ts';
import { defectSums, KIND_MEANINGS } from './attention.ts';
import { count, tokens } from './figures.ts';
import { html, moreOf, NOTHING, type Markup } from './markup.ts';

/** With more batches than this, waves are compared instead. */
const MOST_BATCHES = 60;
const MOST_BARS = 60;

interface Bar {
  readonly name: string;
  readonly detail: string;
  readonly values: Markup;
  readonly segments: readonly { readonly kind: string; readonly size: number }[];
  /** Where a bar was expected to end. */
  readonly mark?: number;
}

/** Tokens by wave, or by batch where there are few: what was estimated and what was counted. */
export function tokenBars({ batches, waves, tokens: all }: FinalReport): Markup {
  if (all.total === 0 && all.estimated_prompt === 0) return NOTHING;
  const groups =
    batches.length <= MOST_BATCHES && (waves.length < 2 || batches.length <= 12)
      ? batches.map(({ batch, tokens: used }) => ({ name: `Batch ${batch}`, detail: '', used }))
      : waves.map(({ batches: members, tokens: used }, index) => ({
          name: `Wave ${index + 1}`,
          detail: `batches ${members}`,
          used,
        }));
  const bars = groups.slice(0, MOST_BARS).map(({ name, detail, used }) => tokenBar(name, detail, used));
  if (bars.length === 0) return NOTHING;
  return html`<figure class="chart">
    <figcaption>Tokens, estimated and counted</figcaption>
    <ul class="legend">
      <li><i class="key prompt"></i>prompt</li>
      <li><i class="key answer"></i>answers</li>
      <li><i class="key thoughts"></i>thoughts</li>
      <li><i class="key mark"></i>prompt as estimated before sending</li>
    </ul>
    ${barList(bars)} ${moreOf(groups.length, MOST_BARS, count)}
  </figure>`;
}

function tokenBar(name: string, detail: string, used: ReportedTokens): Bar {
  return {
    name,
    detail,
    values: html`${tokens(used.prompt)} prompt
      <span class="soft">(${tokens(used.estimated_prompt)} estimated)</span>, ${tokens(used.answer)} answers,
      ${tokens(used.thoughts)} thoughts`,
    segments: [
      { kind: 'prompt', size: used.prompt },
      { kind: 'answer', size: used.answer },
      { kind: 'thoughts', size: used.thoughts },
    ],
    mark: used.estimated_prompt,
  };
}

/** What was wrong with the results as they came, and what of it is left after the retries. */
export function defectBars(report: FinalReport): Markup {
  const sums = defectSums(report);
  if (sums.length === 0) return NOTHING;
  const bars = sums.map(({ kind, came, left }): Bar => ({
    name: kind.replaceAll('_', ' '),
    detail: KIND_MEANINGS[kind],
    values:
      left === undefined
        ? html`${count(came)}`
        : html`${count(came)} came, <b>${left === 0 ? 'none' : count(left)} left</b>`,
    segments: [
      { kind: 'left', size: left ?? came },
      { kind: 'mended', size: came - (left ?? came) },
    ],
  }));
  return html`<figure class="chart">
    <figcaption>Defects by kind</figcaption>
    <ul class="legend">
      <li><i class="key left"></i>left</li>
      <li><i class="key mended"></i>mended by sending the rows again</li>
    </ul>
    ${barList(bars, 'two')}
  </figure>`;
}

/** The words stand in the list itself, so that the bars only have to be looked at. */
function barList(bars: readonly Bar[], look = ''): Markup {
  const most = Math.max(
    1,
    ...bars.map(({ segments, mark = 0 }) =>
      Math.max(
        mark,
        segments.reduce((sum, { size }) => sum + size, 0),
      ),
    ),
  );
  const share = (size: number): number => Math.round((size / most) * 10_000) / 100;
  return html`<ul class="bars ${look}${bars.length > 12 ? ' dense' : ''}">
    ${bars.map((bar) => drawBar(bar, share))}
  </ul>`;
}

function drawBar({ name, detail, values, segments, mark }: Bar, share: (size: number) => number): Markup {
  let left = 0;
  const drawn = segments
    .filter(({ size }) => size > 0)
    .map(({ kind, size }) => {
      const start = left;
      left += size;
      return html`<rect class="${kind}" x="${share(start)}%" y="3" width="${share(size)}%" height="12" />`;
    });
  const line =
    mark === undefined
      ? NOTHING
      : html`<line class="mark" x1="${share(mark)}%" x2="${share(mark)}%" y1="0" y2="18" />`;
  return html`<li>
    <p><b>${name}</b> <span class="soft">${detail}</span><span class="values">${values}</span></p>
    <svg width="100%" height="18" aria-hidden="true">${drawn}${line}</svg>
  </li> `;
}
