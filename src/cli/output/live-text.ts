import { dropParts, wrapParts } from './fit-parts.ts';
import type { Progress } from './run-progress.ts';
import { uploadLines } from './upload-text.ts';

const BAR_CELLS = 20;
/** A line below another one is indented as its facts are. */
const INDENT = '    ';

export interface LiveTextOptions {
  /** False for terminals that can show ASCII only. */
  readonly glyphs: boolean;
  /** Characters that a line may have. */
  readonly columns: number;
}

/** The live area: a bar, what the run waits for, and below it what is being uploaded. */
export function liveText(progress: Progress, { glyphs, columns }: LiveTextOptions): string {
  const { total, submitted, failed, downloaded, wait, uploads } = progress;
  const filled = total === 0 ? 0 : Math.min(BAR_CELLS, Math.round((submitted / total) * BAR_CELLS));
  const [full, empty] = glyphs ? ['━', '─'] : ['#', '-'];
  const bar = `${full.repeat(filled)}${empty.repeat(BAR_CELLS - filled)}`;
  const parts = [`  ${bar}  ${submitted}/${total} submitted`];
  if (downloaded > 0) parts.push(`${downloaded} downloaded`);
  if (failed > 0) parts.push(`${failed} failed`);
  if (wait !== undefined) parts.push(wait);
  parts.push('Ctrl-C is safe');
  const fit = { separator: glyphs ? ' · ' : ' | ', columns };
  const lines = uploads === undefined ? [] : uploadLines(uploads).map((facts) => dropParts(facts, fit));
  return [...wrapParts(parts, INDENT, fit), ...lines].join('\n');
}
