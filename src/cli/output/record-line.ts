/**
 * One record for a pipe: tab-separated fields in one line. A tab, a line end or another control character within
 * a field, as names of folders may hold, becomes an escape such as `\u{9}`. One field alone is a line of text.
 */
export function recordLine(fields: readonly (string | number)[]): string {
  if (fields.length === 1) return String(fields[0]);
  return fields
    .map((field) =>
      String(field).replaceAll(
        /[\p{Cc}\p{Zl}\p{Zp}]/gu,
        (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
      ),
    )
    .join('\t');
}
