/**
 * What JSON leaves as it is although a terminal acts on it or is deceived by it: DEL, C1, bidirectional controls,
 * line separators, invisible spaces and tag letters. Keys and messages of a service may hold any of them.
 */
const HIDDEN = /[\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]|[\u{E0000}-\u{E007F}]/gu;

/** Writes hidden characters of a JSON text as `\uXXXX`: it says the same to whoever parses it. */
export function escapeHidden(json: string): string {
  return json.replaceAll(HIDDEN, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
