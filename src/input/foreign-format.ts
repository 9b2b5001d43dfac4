/** First bytes of files that are often given by mistake: each fact follows "the file ". */
const SIGNATURES: readonly (readonly [bytes: string, fact: string])[] = [
  ['fffe', 'is UTF-16 text, not UTF-8'],
  ['feff', 'is UTF-16 text, not UTF-8'],
  ['1f8b', 'is compressed with gzip'],
  ['28b52ffd', 'is compressed with zstd'],
  ['504b0304', 'is a zip archive'],
  ['25504446', 'is a PDF document'],
];

/** What a file is, if its first bytes say that it cannot be JSON Lines: one answer instead of a thousand bad lines. */
export function recognizeForeignFormat(head: Buffer): string | undefined {
  const hex = head.toString('hex', 0, 4);
  return SIGNATURES.find(([bytes]) => hex.startsWith(bytes))?.[1];
}
