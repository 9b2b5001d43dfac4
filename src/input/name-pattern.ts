import { BatchSubmitError } from '../model/errors.ts';

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
export function createNameReader(pattern: string): NameReader {
  const [before, after, ...more] = pattern.split('{batch}');
  if (before === undefined || after === undefined || more.length > 0) {
    throw badPattern(pattern, 'it must hold {batch} exactly once');
  }
  if (/\d$/.test(before) || /^\d/.test(after)) {
    throw badPattern(pattern, 'a digit beside {batch} would be part of the number');
  }
  if (/[/\\]/.test(pattern)) throw badPattern(pattern, 'it matches names, not folders');
  if (!isJsonl(pattern) && !pattern.endsWith('*')) throw badPattern(pattern, 'it does not end in .jsonl');
  return (name) => {
    if (!isJsonl(name)) return undefined;
    for (const { 0: digits, index } of name.matchAll(/\d+/g)) {
      if (matches(before, name.slice(0, index)) && matches(after, name.slice(index + digits.length))) {
        return digits;
      }
    }
    return undefined;
  };
}

/** Hidden files are none of ours: macOS leaves a `._batch_001.jsonl` beside each file on foreign disks. */
function isJsonl(name: string): boolean {
  return name.toLowerCase().endsWith('.jsonl') && !name.startsWith('.');
}

/** `*` wildcards in linear steps: after a mismatch only the last `*` is widened, which is enough. */
function matches(glob: string, text: string): boolean {
  let at = 0;
  let inGlob = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    if (glob[inGlob] === '*') {
      star = inGlob;
      starAt = at;
      inGlob += 1;
    } else if (glob[inGlob] === text[at]) {
      at += 1;
      inGlob += 1;
    } else if (star >= 0) {
      starAt += 1;
      at = starAt;
      inGlob = star + 1;
    } else {
      return false;
    }
  }
  while (glob[inGlob] === '*') inGlob += 1;
  return inGlob === glob.length;
}

function badPattern(pattern: string, fact: string): BatchSubmitError {
  return new BatchSubmitError('E_USAGE', `Cannot use the pattern "${pattern}": ${fact}`, {
    hint: 'write it as `--pattern "batch_{batch}_proper.jsonl"`',
  });
}
