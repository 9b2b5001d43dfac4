/** The words of a text, for comparisons: lower case, without marks and punctuation. */
export function plainWords(text: string): readonly string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

const FIRST_BEYOND_LATIN = 0x250;
const FIRST_WIDE = 0x2e80;

/**
 * About how many letters and digits a text has; one of a script that writes words with them (漢字) counts as two.
 * Punctuation beyond Latin is taken for letters, which makes no difference to "long enough".
 */
export function letterCount(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= FIRST_WIDE) count += 2;
    else if (code >= FIRST_BEYOND_LATIN) count += 1;
    else if (isLatin(code)) count += 1;
  }
  return count;
}

function isLatin(code: number): boolean {
  const isDigit = code >= 0x30 && code <= 0x39;
  const lower = code | 0x20;
  return isDigit || (lower >= 0x61 && lower <= 0x7a) || code >= 0xc0;
}
