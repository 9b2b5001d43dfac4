import { medianMs, medianRatio, peakMbOf } from './measure.mjs';

/**
 * One line of the table. `theirs` and `ours` are shown as they are; a row without `ratio` says why in `note`.
 * `target` is the largest ratio, or the largest value of ours when `isAbsolute`; absent for information.
 * @typedef {{
 *   measure: string, against: string, theirs: string, ours: string, ratio?: number, target?: number,
 *   isAbsolute?: boolean, value?: number, peakMb?: number, theirPeakMb?: number, note?: string,
 * }} Row
 */

/** The row of two programs that were run in turn. */
export function timeRow(measure, runs, { ours, theirs, target, note }) {
  return {
    measure,
    against: theirs,
    theirs: seconds(medianMs(runs, theirs)),
    ours: seconds(medianMs(runs, ours)),
    ratio: medianRatio(runs, ours, theirs),
    target,
    peakMb: peakMbOf(runs, ours),
    theirPeakMb: peakMbOf(runs, theirs),
    note,
  };
}

/** Undefined where there is no target or nothing to hold against it. */
export function isMet({ ratio, value, target, isAbsolute = false }) {
  const held = isAbsolute ? value : ratio;
  return target === undefined || held === undefined ? undefined : held <= target;
}

const HEAD = ['measure', 'against', 'theirs', 'ours', 'ratio', 'target', 'met', 'peak MB (theirs)', 'note'];

function cellsOf(row) {
  const {
    measure,
    against,
    theirs,
    ours,
    ratio,
    target,
    isAbsolute = false,
    peakMb,
    theirPeakMb,
    note,
  } = row;
  const met = isMet(row);
  return [
    measure,
    against,
    theirs,
    ours,
    ratio === undefined ? '' : ratio.toFixed(ratio < 0.1 ? 3 : 2),
    target === undefined ? '' : `≤ ${Number(target.toFixed(3))}${isAbsolute ? ' (value)' : ''}`,
    met === undefined ? '' : met ? 'yes' : 'NO',
    peakMb === undefined
      ? ''
      : `${Math.round(peakMb)}${theirPeakMb === undefined ? '' : ` (${Math.round(theirPeakMb)})`}`,
    note ?? '',
  ];
}

/** The table as Markdown, with columns of even width so that it reads as text too. */
export function markdownTable(rows) {
  const lines = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  const text = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [text(HEAD), rule, ...lines.slice(1).map(text)].join('\n');
}

export function seconds(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** 8 MB, 1 GB: what sizes are called in the table. */
export function sizeName(bytes) {
  return bytes >= 1e9 ? `${bytes / 1e9} GB` : `${Math.round(bytes / 1e6)} MB`;
}
