import type { FinalReport, ReportedBatch } from './final-report.ts';
import { attentionGroups, isDamaged, reasonFor } from './attention.ts';
import { count, lasting, moment, money, plural, sentAgainInWords, shortMoment, tokens } from './figures.ts';
import { html, moreOf, NOTHING, sectionOf, tableOf, type Column, type Markup } from './markup.ts';
import { defectsLeft } from './verdict.ts';

/** A longer table is folded away. */
const MOST_OPEN = 40;
/** A page stays readable, and under a few megabytes, however many batches there are. */
const MOST_BATCHES = 1000;
const MOST_DEFECTS = 200;
const MOST_OTHERS = 100;

const number = (title: string): Column => ({ title, isNumber: true });
const words = (title: string): Column => ({ title });

/** Which batches stand where, by number; the ones that are fine come last. */
export function batchGroups(report: FinalReport): Markup {
  const rows = attentionGroups(report).map(({ reason, batches, folded }) => [
    html`${reason}`,
    html`${count(batches.length)}`,
    html`${folded}`,
  ]);
  if (rows.length === 0) return NOTHING;
  return tableOf('Batches by state', [words('State'), number('Count'), words('Batches')], rows);
}

/** One line for each batch; where not all are listed, those come first that something is wrong with. */
export function batchTable({ batches, cost: { currency } }: FinalReport): Markup {
  if (batches.length === 0) return NOTHING;
  const isCut = batches.length > MOST_BATCHES;
  const order = isCut
    ? [
        ...batches.filter((batch) => reasonFor(batch) !== undefined),
        ...batches.filter((batch) => reasonFor(batch) === undefined),
      ]
    : batches;
  const columns = [
    number('Batch'),
    words('File and job'),
    words('Status'),
    words('Submitted (UTC)'),
    number('Took'),
    number('Answered'),
    words('Not answered'),
    number('Tokens'),
    number('Cost'),
  ];
  const table = html`${tableOf(
    'All batches',
    columns,
    order.slice(0, MOST_BATCHES).map((batch) => batchRow(batch, currency)),
  )}${moreOf(batches.length, MOST_BATCHES, count)}`;
  return batches.length > MOST_OPEN
    ? html`<details>
        <summary>All ${count(batches.length)} batches</summary>
        ${table}
      </details>`
    : table;
}

function batchRow(batch: ReportedBatch, currency: string): readonly Markup[] {
  const took = Date.parse(batch.ended_at ?? '') - Date.parse(batch.submitted_at ?? '');
  const open = [
    [batch.failed, 'failed'],
    [batch.missing, 'missing'],
    [batch.pending, 'pending'],
  ] as const;
  const unanswered = open.filter(([n]) => n > 0).map(([n, name]) => `${count(n)} ${name}`);
  return [
    html`${batch.batch}`,
    html`${batch.file ?? '–'}${batch.job === null ? NOTHING : html`<small>${batch.job}</small>`}`,
    html`<span class="state${isDamaged(batch) ? ' look' : ''}">${batch.status}</span
      >${batch.attempt > 1 ? html`<small>attempt ${batch.attempt}</small>` : NOTHING}`,
    html`<span class="whole">${shortMoment(batch.submitted_at)}</span>`,
    html`${Number.isNaN(took) ? '–' : lasting(Math.max(0, took))}`,
    html`${count(batch.answered)}<span class="soft"> / ${count(batch.planned)}</span>`,
    html`${unanswered.length === 0 ? '–' : unanswered.join(', ')}`,
    html`${tokens(batch.tokens.total)}`,
    html`${money(batch.cost, currency)}`,
  ];
}

/** The places of what is still wrong. */
export function defectTable(report: FinalReport): Markup {
  if (report.defects.length === 0) return NOTHING;
  const columns = [number('Batch'), number('Line'), words('Key'), words('Kind'), words('What')];
  const rows = report.defects
    .slice(0, MOST_DEFECTS)
    .map(({ batch, line, key, kind, code, reason, message }) => [
      html`${batch}`,
      html`${line ?? '–'}`,
      html`<code>${key ?? '–'}</code>`,
      html`${kind.replaceAll('_', ' ')}`,
      html`${[code, reason, message].filter((part) => part !== undefined).join(' ')}`,
    ]);
  const table = html`${tableOf('Defects that are left', columns, rows)}${moreOf(defectsLeft(report), rows.length, count)}`;
  return html`<details${rows.length > MOST_OPEN ? NOTHING : html` open`}><summary>${plural(defectsLeft(report), 'defect', 'defects')} left, by place</summary>${table}</details>`;
}

export function waveTable({ waves, cost: { currency } }: FinalReport): Markup {
  if (waves.length === 0) return NOTHING;
  const columns = [
    number('Wave'),
    words('Batches'),
    words('First submitted (UTC)'),
    number('Took'),
    number('Answered'),
    number('Failed'),
    number('Missing'),
    number('Pending'),
    number('Sent again'),
    number('Cost'),
  ];
  const rows = waves.slice(0, MOST_OTHERS).map((wave, index) => {
    const took = Date.parse(wave.last_ended_at ?? '') - Date.parse(wave.first_submitted_at ?? '');
    return [
      html`${index + 1}`,
      html`${wave.batches}<small
          >${plural(wave.count, 'batch', 'batches')},
          ${wave.run === null ? 'adopted' : `run ${wave.run}`}</small
        >`,
      html`${moment(wave.first_submitted_at)}`,
      html`${Number.isNaN(took) ? '–' : lasting(Math.max(0, took))}`,
      wave.planned === 0
        ? html`–`
        : html`${count(wave.answered)}<span class="soft"> / ${count(wave.planned)}</span>`,
      html`${count(wave.failed)}`,
      html`${count(wave.missing)}`,
      html`${count(wave.pending)}`,
      html`${sentAgainInWords(wave)}`,
      html`${money(wave.cost, currency)}`,
    ];
  });
  return sectionOf('waves', 'Waves', [
    tableOf('Waves', columns, rows),
    moreOf(waves.length, rows.length, count),
  ]);
}

export function retryTable({ row_retries: all, cost: { currency } }: FinalReport): Markup {
  if (all.length === 0) return NOTHING;
  const columns = [
    number('Batch'),
    words('Status and job'),
    words('Lines sent again'),
    number('Answered'),
    number('Cost'),
  ];
  const rows = all
    .slice(0, MOST_OTHERS)
    .map((retry) => [
      html`${retry.batch}`,
      html`${retry.status}${retry.job === null ? NOTHING : html`<small>${retry.job}</small>`}`,
      html`${retry.sources.slice(0, 5).map(({ batch, lines }) => html`<span class="line">batch ${batch}: ${lines}</span>`)}${retry.sources.length > 5 ? html`<small>and of ${count(retry.sources.length - 5)} more</small>` : NOTHING}`,
      html`${count(retry.answered)}<span class="soft"> / ${count(retry.rows)}</span>`,
      html`${money(retry.cost, currency)}`,
    ]);
  return sectionOf('retries', 'Rows sent again', [
    tableOf('Rows sent again', columns, rows),
    moreOf(all.length, rows.length, count),
  ]);
}
