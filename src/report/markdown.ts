import type { FinalReport } from './final-report.ts';
import { attentionGroups, defectSums, KIND_MEANINGS } from './attention.ts';
import {
  costInWords,
  count,
  day,
  lasting,
  moment,
  money,
  percent,
  plural,
  sentAgainInWords,
  tokens,
} from './figures.ts';
import { markdownCode, markdownText } from './text.ts';
import { recordsLine } from './records-line.ts';
import { defectsLeft, verdictOf } from './verdict.ts';

/** How many of anything a page for a ticket lists; the rest is counted. */
const LISTED = 20;

type Cell = string | number;

/** The report as a page to paste into a ticket: the verdict first, and nothing about what is fine. */
export function reportMarkdown(report: FinalReport): string {
  const sections = [
    verdict(report),
    ...(report.statistics.total === 0
      ? []
      : [requests(report), attention(report), damaged(report), defects(report), usage(report), cost(report)]),
    waves(report),
    rowRetries(report),
    repeatedJobs(report),
    notes(report),
  ];
  return `${sections.filter((part) => part !== '').join('\n\n')}\n`;
}

function verdict(report: FinalReport): string {
  const { label, headline, open, next } = verdictOf(report);
  const steps = next.map(({ command, purpose }) => `- Next: \`${command}\` to ${purpose}`);
  const parts = [
    `# Batch report: ${label.toLowerCase()}`,
    `**${headline}.**`,
    open.length === 0 ? '' : `Open: ${open.join(', ')}.`,
    steps.join('\n'),
    `_${moment(report.report_generated)} UTC${report.batch_range === '' ? '' : `, batches ${markdownText(report.batch_range)}`}_`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function requests({ requests: all }: FinalReport): string {
  const rows: Cell[][] = [
    ['Planned', count(all.planned), ''],
    ['= answered', count(all.answered), percent(all.answered, all.planned)],
    ['+ failed', count(all.failed), percent(all.failed, all.planned)],
    ['+ missing', count(all.missing), percent(all.missing, all.planned)],
    ['+ pending', count(all.pending), percent(all.pending, all.planned)],
  ];
  return section('Requests', table(['', '>Requests', '>Share'], rows));
}

function attention(report: FinalReport): string {
  const rows = attentionGroups(report).map(({ reason, batches, folded }) => [
    reason,
    count(batches.length),
    folded,
  ]);
  return section('Batches', table(['State', '>Count', 'Batches'], rows));
}

function damaged({ batches }: FinalReport): string {
  const hurt = batches
    .filter(({ failed, missing }) => failed + missing > 0)
    .sort((a, b) => b.failed + b.missing - (a.failed + a.missing));
  const rows = hurt
    .slice(0, LISTED)
    .map((batch) => [
      batch.batch,
      markdownText(batch.status),
      markdownCode(batch.job),
      count(batch.planned),
      count(batch.failed),
      count(batch.missing),
    ]);
  return section(
    'Batches with requests that failed or are missing',
    table(['>Batch', 'Status', 'Job', '>Planned', '>Failed', '>Missing'], rows) + more(hurt.length),
  );
}

function defects(report: FinalReport): string {
  const sums = table(
    ['Kind', 'Meaning', '>As they came', '>Left'],
    defectSums(report).map(({ kind, came, left }) => [
      `\`${kind}\``,
      KIND_MEANINGS[kind],
      count(came),
      left === undefined ? 'not counted' : count(left),
    ]),
  );
  const places = table(
    ['>Batch', '>Line', 'Key', 'Kind', 'What'],
    report.defects
      .slice(0, LISTED)
      .map(({ batch, line, key, kind, code, reason, message }) => [
        batch,
        line ?? '–',
        markdownCode(key),
        `\`${kind}\``,
        markdownCode([code, reason, message].filter((part) => part !== undefined).join(' ')),
      ]),
  );
  const listed = places === '' ? '' : `\n\n${places}${more(defectsLeft(report))}`;
  return section('Defects', sums === '' ? '' : `${sums}${listed}`);
}

function usage({ tokens: all }: FinalReport): string {
  const rows: Cell[][] = [
    ['Prompt, estimated before sending', count(all.estimated_prompt)],
    ['Prompt, as counted by the service', count(all.prompt)],
    ['… of it from a cache', count(all.cached)],
    ['Answers', count(all.answer)],
    ['Thoughts', count(all.thoughts)],
    ['**Total**', `**${count(all.total)}**`],
  ];
  return section('Tokens', table(['', '>Tokens'], rows));
}

function cost({ cost: all }: FinalReport): string {
  const rows: Cell[][] = all.by_model.map(({ model, input_tokens, output_tokens, amount }) => [
    markdownCode(model),
    count(input_tokens),
    count(output_tokens),
    money(amount, all.currency),
  ]);
  const words = costInWords(all);
  const body = [
    `**${words.amount}**, ${words.basis}, at the prices of ${day(all.prices_as_of)} (${markdownText(all.source)}).`,
    table(['Model', '>Input tokens', '>Output tokens', '>Cost'], rows),
    all.notes.map((note) => `- ${markdownText(note)}`).join('\n'),
  ];
  return section('Cost', body.filter((part) => part !== '').join('\n\n'));
}

function waves({ waves: all, cost: { currency } }: FinalReport): string {
  const rows = all.slice(0, LISTED).map((wave, index) => {
    const [from, to] = [Date.parse(wave.first_submitted_at ?? ''), Date.parse(wave.last_ended_at ?? '')];
    return [
      index + 1,
      markdownText(wave.batches),
      moment(wave.first_submitted_at),
      Number.isNaN(to - from) ? '–' : lasting(to - from),
      wave.planned === 0 ? '–' : `${count(wave.answered)} of ${count(wave.planned)}`,
      sentAgainInWords(wave),
      tokens(wave.tokens.total),
      money(wave.cost, currency),
    ];
  });
  const head = [
    '>Wave',
    'Batches',
    'Submitted from (UTC)',
    '>Took',
    '>Answered',
    '>Sent again',
    '>Tokens',
    '>Cost',
  ];
  return section('Waves', table(head, rows) + more(all.length));
}

function rowRetries({ row_retries: all, cost: { currency } }: FinalReport): string {
  const rows = all.slice(0, LISTED).map((retry) => [
    retry.batch,
    markdownText(retry.status),
    markdownCode(retry.job),
    retry.sources
      .slice(0, 5)
      .map(({ batch, lines }) => `batch ${batch}: ${markdownText(lines)}`)
      .join('; ') + (retry.sources.length > 5 ? `; ${count(retry.sources.length - 5)} more` : ''),
    `${count(retry.answered)} of ${count(retry.rows)}`,
    money(retry.cost, currency),
  ]);
  const head = ['>Batch', 'Status', 'Job', 'Lines sent again', '>Answered', '>Cost'];
  return section('Rows sent again', table(head, rows) + more(all.length));
}

function repeatedJobs({ duplicate_jobs, earlier_attempts }: FinalReport): string {
  const twice = duplicate_jobs.flatMap(({ batch, jobs }) =>
    jobs.map((job) => `- Batch ${batch} was made more than once: ${markdownCode(job)}`),
  );
  const earlier = earlier_attempts.map(
    ({ batch, attempt, job, ended }) =>
      `- Batch ${batch}, attempt ${attempt}: ${job === null ? 'no job' : markdownCode(job)}, ${markdownText(ended)}`,
  );
  return [section('Jobs made more than once', list(twice)), section('Earlier attempts', list(earlier))]
    .filter((part) => part !== '')
    .join('\n\n');
}

function notes({ notes: all, merged, records }: FinalReport): string {
  const file =
    merged === null
      ? []
      : [
          `- Merged into ${markdownCode(merged.path)}: ${plural(merged.lines, 'line', 'lines')}, SHA-256 ${markdownCode(merged.sha256)}`,
        ];
  const made = records === null ? [] : [`- Records: ${markdownText(recordsLine(records))}`];
  return section('Notes', list([...file, ...made, ...all.map((note) => `- ${markdownText(note)}`)]));
}

function section(title: string, body: string): string {
  return body === '' ? '' : `## ${title}\n\n${body}`;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? '' : items.slice(0, LISTED).join('\n') + more(items.length);
}

function more(all: number): string {
  return all > LISTED ? `\n\n${count(all - LISTED)} more in the JSON report.` : '';
}

/** A heading that begins with `>` stands over a column of numbers. */
function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly Cell[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((title) => (title.startsWith('>') ? '---:' : '---'));
  return [line(head.map((title) => title.replace('>', ''))), line(rule), ...rows.map(line)].join('\n');
}
