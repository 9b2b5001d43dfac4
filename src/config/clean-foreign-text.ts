import { stripVTControlCharacters } from 'node:util';

const LONGEST_BYTES = 2048;

/** C0 except the newline, DEL, C1. */
// oxlint-disable-next-line no-control-regex -- removing them is the purpose
const CONTROLS = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/g;

/** Bidirectional controls, invisible spaces and the invisible tag letters: they make text read as another. */
const DECEIVERS = /[\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]|[\u{E0000}-\u{E007F}]/gu;

/** Makes text that a service or a file gave safe to show on a terminal: no control characters, at most 2 KB. */
export function cleanForeignText(text: string): string {
  // Cut first, with room for what is removed: the work does not grow with the text.
  const cut = text.slice(0, 4 * LONGEST_BYTES);
  const clean = stripVTControlCharacters(cut)
    .replaceAll('\t', ' ')
    .replaceAll(/[\u2028\u2029]/g, '\n')
    .replaceAll(CONTROLS, '')
    .replaceAll(DECEIVERS, '');
  const bytes = Buffer.from(clean);
  if (bytes.length <= LONGEST_BYTES) return bytes.toString('utf8');
  const ellipsis = '…';
  // A stream decoder holds back a character whose bytes are not all there.
  const kept = new TextDecoder().decode(bytes.subarray(0, LONGEST_BYTES - Buffer.byteLength(ellipsis)), {
    stream: true,
  });
  return kept + ellipsis;
}
