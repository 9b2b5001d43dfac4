/** A pattern such as `batch_{batch}_proper.jsonl`, cut at its `{batch}`. */
export interface BatchPattern {
  readonly before: string;
  readonly after: string;
}

/**
 * `{batch}` is one whole run of digits, `*` anything, all else itself.
 * @returns the reason when the pattern can match nothing
 */
export function parseBatchPattern(pattern: string): BatchPattern | string {
  const [before, after, ...more] = pattern.split('{batch}');
  if (before === undefined || after === undefined || more.length > 0) {
    return 'it must hold {batch} exactly once';
  }
  if (/\d$/.test(before) || /^\d/.test(after)) return 'a digit beside {batch} would be part of the number';
  return { before, after };
}

/** The digits that stand where the pattern has `{batch}`; `undefined` when it does not match. */
export function digitsIn(name: string, { before, after }: BatchPattern): string | undefined {
  for (const { 0: digits, index } of name.matchAll(/\d+/g)) {
    if (matches(before, name.slice(0, index)) && matches(after, name.slice(index + digits.length))) {
      return digits;
    }
  }
  return undefined;
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
