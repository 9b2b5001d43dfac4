/**
 * A file name as a message can hold it: what a terminal would obey instead of show, such as a colour, a
 * line end or turned text, becomes an escape, so that the file can still be told from others.
 */
export function showName(name: string): string {
  return name.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
