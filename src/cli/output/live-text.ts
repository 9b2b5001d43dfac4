import type { Progress } from '../../model/progress.ts';
import { dropParts, wrapParts } from './fit-parts.ts';
import { createFacts, jobFacts, quotaFacts, resultFacts } from './progress-facts.ts';
import { fileFacts, transferFacts } from './upload-text.ts';
import { waitText } from './wait-text.ts';

const BAR_CELLS = 20;
const MOST_LINES = 6;
const LABEL_CELLS = 9;
/** What does not fit beside the bar goes below it, as far in as the facts are. */
const INDENT = ' '.repeat(2 + LABEL_CELLS);

export interface LiveTextOptions {
  /** False for terminals that can show ASCII only. */
  readonly glyphs: boolean;
  /** Characters that a line may have. */
  readonly columns: number;
  /** Lines that the area may have. */
  readonly rows: number;
  /** In ms since the epoch. */
  readonly now: number;
  /** What Ctrl-C does. */
  readonly ending: string;
}

/**
 * The live area: a bar of the batches, what creates wait for, and below it a line each for the quota, the jobs,
 * the results and the uploads, as far as there is something to say. All of it is words of our own and numbers,
 * so that a character is a cell.
 */
export function liveText(progress: Progress, options: LiveTextOptions): string {
  const { glyphs, columns, rows } = options;
  const fit = { separator: glyphs ? ' · ' : ' | ', columns };
  const lines = [...wrapParts(headParts(progress, options), INDENT, fit)];
  const { batches, creates, uploads } = progress;
  const add = (label: string, facts: readonly string[]): void => {
    const [first, ...rest] = facts;
    if (first === undefined || lines.length >= MOST_LINES) return;
    lines.push(dropParts([`  ${label.padEnd(LABEL_CELLS)}${first}`, ...rest], fit));
  };
  if (creates !== undefined && creates.inUse.jobs > 0)
    add('quota', [...quotaFacts(creates.inUse), ...createFacts(creates)]);
  if (batches !== undefined) {
    add('jobs', jobFacts(batches));
    add('results', resultFacts(batches));
  }
  if (uploads !== undefined) {
    add('upload', transferFacts(uploads));
    for (const [label, facts] of fileFacts(uploads)) add(label, facts);
  }
  return lines.slice(0, Math.max(1, Math.min(rows, MOST_LINES))).join('\n');
}

function headParts({ batches, wait }: Progress, { glyphs, now, ending }: LiveTextOptions): string[] {
  const { total, submitted } = batches ?? { total: 0, submitted: 0 };
  const filled = total === 0 ? 0 : Math.min(BAR_CELLS, Math.round((submitted / total) * BAR_CELLS));
  const [full, empty] = glyphs ? ['━', '─'] : ['#', '-'];
  const bar = `${full.repeat(filled)}${empty.repeat(BAR_CELLS - filled)}`;
  const parts = [
    batches === undefined ? undefined : `  ${bar}  ${submitted}/${total} submitted`,
    waitText(wait, now),
    ending,
  ];
  return parts.filter((part) => part !== undefined);
}
