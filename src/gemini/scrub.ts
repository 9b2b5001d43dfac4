/** Longest foreign text that is passed on, in characters. */
const LONGEST_TEXT = 2000;

/** Controls, marks that reorder or hide text, and halves of characters: a terminal must obey none of them. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}]/gu;

const SECRETS: readonly RegExp[] = [
  /AIza[0-9A-Za-z_-]{8,}/g,
  /(?<=\bupload_id=)[^\s&"'<>]+/gi,
  /(?<=\bkey=)[^\s&"'<>]+/gi,
  /(?<=\bx-goog-api-key["']?\s{0,4}[:=]\s{0,4}["']?)[^\s"',}]+/gi,
  /(?<=\bbearer\s)[^\s"',}]+/gi,
];

/**
 * Makes a function that cleans foreign text for showing: the key in any spelling it may be echoed in,
 * other key-like tokens, control and direction characters go; at most 2,000 characters stay.
 */
export function createScrubber(apiKey: string): (text: string) => string {
  const spellings = spellingsOf(apiKey);
  return (text) => {
    // Invisible characters go first: they could split a key so that it is not recognised.
    let clean = text.replaceAll(/\s+/g, ' ').replaceAll(INVISIBLE, '').trim();
    for (const spelling of spellings) clean = clean.replaceAll(spelling, '[redacted]');
    for (const secret of SECRETS) clean = clean.replaceAll(secret, '[redacted]');
    if (clean.length <= LONGEST_TEXT) return clean;
    return `${clean.slice(0, LONGEST_TEXT - 1).replace(INVISIBLE, '')}…`;
  };
}

function spellingsOf(key: string): readonly string[] {
  if (key === '') return [];
  const plain = [key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1)];
  return [...new Set([...plain, ...base64Cores(key, 'base64'), ...base64Cores(key, 'base64url')])].toSorted(
    (a, b) => b.length - a.length,
  );
}

/** Base64 of the key as it looks at each of the three positions it may have inside a longer text. */
function base64Cores(key: string, encoding: 'base64' | 'base64url'): readonly string[] {
  const cores = [0, 1, 2].map((shift) => {
    const encoded = Buffer.from(`${' '.repeat(shift)}${key}`, 'latin1')
      .toString(encoding)
      .replace(/=+$/, '');
    // The first and last characters mix in neighbouring bytes.
    return encoded.slice(shift === 0 ? 0 : shift + 1, (key.length + shift) % 3 === 0 ? undefined : -1);
  });
  return cores.filter((core) => core.length >= 8);
}
