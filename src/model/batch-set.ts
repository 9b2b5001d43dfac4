import type { BatchRecord } from './batch-record.ts';
import { BatchSubmitError } from './errors.ts';

/** A set of batch numbers given by the user: an inclusive range (`to` open-ended) or an explicit list. */
export type BatchSelection =
  | { readonly kind: 'all' }
  | { readonly kind: 'range'; readonly from: number; readonly to: number | undefined }
  | { readonly kind: 'only'; readonly ranges: readonly (readonly [number, number])[] };

/** Nine digits keep every file name within the service's 40 characters. */
export const LARGEST_BATCH: number = 999_999_999;

/**
 * Batches that send rows again are numbered from here on: far above any wave of input files, so that the
 * next one a user adds never meets them.
 */
export const FIRST_ROW_RETRY = 900_000_001;

/** Reads `[from] [to]`: both inclusive, one number means "from here to the last". */
export function parseRange(from: string | undefined, to: string | undefined): BatchSelection {
  if (from === undefined) return { kind: 'all' };
  const first = parseBatchNumber(from);
  const last = to === undefined ? undefined : parseBatchNumber(to);
  if (last !== undefined && last < first) {
    throw new BatchSubmitError('E_USAGE', `Cannot use the range ${from} to ${to}: it ends before it begins`, {
      hint: `did you mean \`batch-submit ${last} ${first}\`?`,
    });
  }
  return { kind: 'range', from: first, to: last };
}

/** Reads `3,7,81-90`. */
export function parseOnly(text: string, flag: '--only' | '--forget' = '--only'): BatchSelection {
  const ranges = text.split(',').map((part): readonly [number, number] => {
    const match = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(part);
    if (match?.[1] === undefined) throw badSet(text, part, flag);
    const first = parseBatchNumber(match[1]);
    const last = match[2] === undefined ? first : parseBatchNumber(match[2]);
    if (last < first) throw badSet(text, part, flag);
    return [first, last];
  });
  return { kind: 'only', ranges };
}

export function isSelected(selection: BatchSelection, batch: number): boolean {
  switch (selection.kind) {
    case 'all':
      return true;
    case 'range':
      return batch >= selection.from && (selection.to === undefined || batch <= selection.to);
    case 'only':
      return selection.ranges.some(([first, last]) => batch >= first && batch <= last);
  }
}

/** As `isSelected`; rows that are sent again belong to the batches they are of, whatever number carries them. */
export function isChosen(selection: BatchSelection, batch: number, { rowsOf = [] }: BatchRecord): boolean {
  return isSelected(selection, batch) || rowsOf.some((source) => isSelected(selection, source.batch));
}

/** `1-3, 7, 9-12`: many numbers as a person would write them. */
export function foldBatches(batches: readonly number[]): string {
  return rangesOf(batches).join(', ');
}

/** As `foldBatches`, in at most so many characters: `1-3, 7, … and 12 more ranges, see --list`. */
export function fitBatches(batches: readonly number[], characters: number): string {
  const ranges = rangesOf(batches);
  const whole = ranges.join(', ');
  if (whole.length <= characters || ranges.length <= 1) return whole;
  for (let shown = ranges.length - 1; shown > 0; shown -= 1) {
    const text = `${ranges.slice(0, shown).join(', ')}, … and ${moreRanges(ranges.length - shown)}`;
    if (text.length <= characters) return text;
  }
  return `${ranges.length} ranges, see --list`;
}

function moreRanges(count: number): string {
  return `${count} more ${count === 1 ? 'range' : 'ranges'}, see --list`;
}

function rangesOf(batches: readonly number[]): readonly string[] {
  const sorted = [...new Set(batches)].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let index = 0; index < sorted.length; index += 1) {
    const first = sorted[index];
    while (sorted[index + 1] === (sorted[index] ?? 0) + 1) index += 1;
    parts.push(first === sorted[index] ? `${first}` : `${first}-${sorted[index]}`);
  }
  return parts;
}

/** How a selection reads in a message. */
export function describeSelection(selection: BatchSelection): string {
  switch (selection.kind) {
    case 'all':
      return 'all batches';
    case 'range':
      return selection.to === undefined
        ? `batches from ${selection.from} on`
        : `batches ${selection.from} to ${selection.to}`;
    case 'only':
      return `batches ${selection.ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',')}`;
  }
}

function parseBatchNumber(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 1 && value <= LARGEST_BATCH)) {
    throw new BatchSubmitError(
      'E_USAGE',
      `Cannot use "${text}" as a batch number: batch numbers are 1 to ${LARGEST_BATCH}`,
      {
        hint: 'give a range such as `batch-submit 81 204`',
      },
    );
  }
  return value;
}

function badSet(text: string, part: string, flag: string): BatchSubmitError {
  return new BatchSubmitError(
    'E_USAGE',
    `Cannot read ${flag} "${text}": "${part}" is neither a number nor a range`,
    {
      hint: `write it as \`${flag} 3,7,81-90\``,
    },
  );
}

/** `batch 7`, `batches 3-5, 9`: for the middle of a sentence. */
export function nameBatches(batches: readonly number[]): string {
  return `${batches.length === 1 ? 'batch' : 'batches'} ${foldBatches(batches)}`;
}
