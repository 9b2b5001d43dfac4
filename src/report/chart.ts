import type { FinalReport, ReportedBatch } from './final-report.ts';
import { clock, count, dayAndMonth, lasting, moment, plural } from './figures.ts';
import { html, NOTHING, verbatim, type Markup } from './markup.ts';
import { ticksBetween } from './ticks.ts';

/** So many columns show every step that a screen can, and keep the page small for any number of batches. */
const COLUMNS = 240;
const HEIGHT = 1000;
/** One or two make no curve; the table tells their times. */
const FEWEST_BATCHES = 3;
/** The year 10,000: a service's time beyond it is a fault, and dates have an end that a margin could pass. */
const LATEST = Date.UTC(10_000, 0);
/** More would stand in each other's way. */
const MOST_WAVES = 6;

interface Moments {
  readonly submitted: number;
  readonly ended: number;
  readonly saved: number;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Steps over time: how many batches are waiting, under way, ended and saved. */
export function timeChart(report: FinalReport): Markup {
  const { batches, waves } = report;
  if (batches.length < FEWEST_BATCHES) return NOTHING;
  const moments = batches.map((batch) => momentsOf(batch));
  const span = spanOf(moments, Date.parse(report.report_generated));
  if (span === undefined) return NOTHING;
  const bands = (['submitted', 'ended', 'saved'] as const).map((kind) => ({
    kind,
    sums: sumsAt(
      moments.map((one) => one[kind]),
      span,
    ),
  }));
  const place = (time: number): number =>
    Math.round(((time - span.from) / (span.to - span.from)) * 10_000) / 100;
  // A run that only sent rows again moves no batch.
  const moving = waves.flatMap(({ planned, first_submitted_at: at }, index) =>
    planned > 0 ? [{ at, name: `Wave ${index + 1}` }] : [],
  );
  const starts = moving.length > 1 && moving.length <= MOST_WAVES ? moving : [];
  const marks = starts.flatMap(({ at, name }) => {
    const left = place(Date.parse(at ?? ''));
    return left >= 0 && left <= 100 ? [{ left, name }] : [];
  });
  const hasMiddle = batches.length % 2 === 0;
  const ticks = ticksBetween(span.from, span.to);
  return html`<figure class="chart">
    <figcaption>Where the batches stood, over time (UTC)</figcaption>
    ${legend()}
    <div class="plot">
      <div class="y">
        <span>${count(batches.length)}</span>
        <span>${hasMiddle ? count(batches.length / 2) : ''}</span>
        <span>0</span>
      </div>
      <div class="field">
        ${marks.map(({ left, name }) => html`<span class="wave" style="left:${left}%">${name}</span>`)}
        <svg
          viewBox="0 0 ${COLUMNS} ${HEIGHT}"
          preserveAspectRatio="none"
          role="img"
          aria-labelledby="time-title time-desc"
        >
          <title id="time-title">Batches over time</title>
          <desc id="time-desc">${describe(batches, moments, span)}</desc>
          <rect class="waiting" width="${COLUMNS}" height="${HEIGHT}" />
          ${bands.map(({ kind, sums }) => html`<path class="${kind}" d="${verbatim(outline(sums, batches.length))}" />`)}
          ${hasMiddle ? html`<path class="rule" d="M0 ${HEIGHT / 2}H${COLUMNS}" />` : NOTHING}
          ${marks.map(({ left }) => html`<path class="start" d="M${(left / 100) * COLUMNS} 0V${HEIGHT}" />`)}
        </svg>
      </div>
      <div class="x">
        ${ticks.map(({ time, isNewDay }) => html`<span style="left:${place(time)}%">${clock(time)}${isNewDay ? html`<br />${dayAndMonth(time)}` : NOTHING}</span>`)}
      </div>
    </div>
  </figure>`;
}

function legend(): Markup {
  const entries = [
    ['waiting', 'not submitted'],
    ['submitted', 'under way'],
    ['ended', 'ended, not saved'],
    ['saved', 'saved'],
  ] as const;
  return html`<ul class="legend">
    ${entries.map(([kind, name]) => html`<li><i class="key ${kind}"></i>${name}</li>`)}
  </ul>`;
}

/** Never in reverse: a clock of the service's may stand before ours. Infinity is a moment that did not come. */
function momentsOf({ submitted_at, ended_at, saved_at }: ReportedBatch): Moments {
  const saved = timeOf(saved_at);
  const ended = Math.min(timeOf(ended_at), saved);
  return { submitted: Math.min(timeOf(submitted_at), ended), ended, saved };
}

function timeOf(at: string | null): number {
  const time = at === null ? Number.NaN : Date.parse(at);
  return time > 0 && time < LATEST ? time : Number.POSITIVE_INFINITY;
}

/** From the first submission to the last change. What is still under way goes on a little further. */
function spanOf(moments: readonly Moments[], generated: number): Span | undefined {
  let [from, last, isOpen] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, false];
  for (const { submitted, ended, saved } of moments) {
    for (const time of [submitted, ended, saved]) {
      if (time === Number.POSITIVE_INFINITY) continue;
      from = Math.min(from, time);
      last = Math.max(last, time);
    }
    if (submitted !== Number.POSITIVE_INFINITY && ended === Number.POSITIVE_INFINITY) isOpen = true;
  }
  if (from === Number.POSITIVE_INFINITY) return undefined;
  // A minute at least, so that a single moment has a width.
  const length = Math.max(60_000, last - from);
  const until = isOpen && generated > last ? Math.min(generated, from + 1.15 * length) : last;
  // A little of the end state shows where the steps lead to.
  return { from, to: Math.max(from + length, until) + length * 0.03 };
}

/** How many of the moments have come at the end of each column. */
function sumsAt(times: readonly number[], { from, to }: Span): readonly number[] {
  const sums = Array.from({ length: COLUMNS }, () => 0);
  for (const time of times) {
    const column = Math.floor(((time - from) / (to - from)) * COLUMNS);
    if (column < COLUMNS) sums[Math.max(0, column)] = (sums[Math.max(0, column)] ?? 0) + 1;
  }
  let sum = 0;
  return sums.map((added) => (sum += added));
}

function outline(sums: readonly number[], total: number): string {
  let [path, before] = [`M0 ${HEIGHT}`, 0];
  for (const [column, sum] of sums.entries()) {
    if (sum !== before) path += `H${column}V${Math.round(HEIGHT * (1 - sum / total))}`;
    before = sum;
  }
  return `${path}H${COLUMNS}V${HEIGHT}Z`;
}

function describe(batches: readonly ReportedBatch[], moments: readonly Moments[], span: Span): string {
  const came = (kind: keyof Moments): string =>
    count(moments.filter((one) => one[kind] !== Number.POSITIVE_INFINITY).length);
  return (
    `Of ${plural(batches.length, 'batch', 'batches')}, ${came('submitted')} were submitted, ${came('ended')} ended ` +
    `and ${came('saved')} saved, from ${moment(new Date(span.from).toISOString())} UTC within ${lasting(span.to - span.from)}.`
  );
}
