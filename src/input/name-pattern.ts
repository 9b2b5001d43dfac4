import { digitsIn, parseBatchPattern } from '../model/batch-pattern.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { showName } from './show-name.ts';

/** The digits that say which batch a file name stands for; `undefined` when the name is not one of ours. */
export type NameReader = (name: string) => string | undefined;

/** By default the first run of digits in any `*.jsonl` counts: `batch_081_proper.jsonl` is batch 81. */
export function readAnyNumberedName(name: string): string | undefined {
  return isJsonl(name) ? /\d+/.exec(name)?.[0] : undefined;
}

/**
 * Reads names by a pattern such as `batch_{batch}_proper.jsonl`: `{batch}` is one whole run of digits,
 * `*` anything, all else itself. The ending is still `.jsonl`.
 * @throws {BatchSubmitError} `E_USAGE` when the pattern can match nothing
 */
export function createNameReader(text: string): NameReader {
  const pattern = parseBatchPattern(text);
  if (typeof pattern === 'string') throw badPattern(text, pattern);
  if (/[/\\]/.test(text)) throw badPattern(text, 'it matches names, not folders');
  if (!isJsonl(text) && !text.endsWith('*')) throw badPattern(text, 'it does not end in .jsonl');
  return (name) => (isJsonl(name) ? digitsIn(name, pattern) : undefined);
}

/**
 * Makes names that `createNameReader` reads: `081` and `batch_{batch}_proper.jsonl` give `batch_081_proper.jsonl`.
 * Without a pattern they are `batch_081.jsonl`.
 * @throws {BatchSubmitError} `E_USAGE` when the pattern does not say what to write
 */
export function createNameMaker(text: string | undefined): (digits: string) => string {
  if (text === undefined) return (digits) => `batch_${digits}.jsonl`;
  createNameReader(text);
  if (text.includes('*'))
    throw badPattern(text, 'a file cannot be named by it, because * stands for anything');
  return (digits) => text.replace('{batch}', digits);
}

/** Hidden files are none of ours: macOS leaves a `._batch_001.jsonl` beside each file on foreign disks. */
function isJsonl(name: string): boolean {
  return name.toLowerCase().endsWith('.jsonl') && !name.startsWith('.');
}

function badPattern(pattern: string, fact: string): BatchSubmitError {
  return new BatchSubmitError('E_USAGE', `Cannot use the pattern "${showName(pattern)}": ${fact}`, {
    hint: 'write it as `--pattern "batch_{batch}_proper.jsonl"`',
  });
}
