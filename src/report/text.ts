import { cleanForeignText } from '../config/clean-foreign-text.ts';

/** Longer texts are cut: a page lists many, and the JSON report has them whole. */
const LONGEST = 240;

/** Text of a service, a file or a user as one line without anything that is invisible or controls. */
export function plainText(text: string, longest: number = LONGEST): string {
  const line = cleanForeignText(text).replaceAll(/\s+/g, ' ').trim();
  if (line.length <= longest) return line;
  const letters = Array.from(line);
  return letters.length <= longest ? line : `${letters.slice(0, longest - 1).join('')}…`;
}

/** Text that is safe inside an element and inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A sentence in which nothing is read as markdown. */
export function markdownText(text: string): string {
  return plainText(text, 1000).replaceAll(/[\\`*_{}[\]<>#|~&@!]/g, String.raw`\$&`);
}

/**
 * Foreign words as code: there, trackers make no links, mentions or references of them. Ticks within need
 * a longer fence, and a `|` would end the cell of a table.
 */
export function markdownCode(text: string | null | undefined): string {
  const plain = plainText(text ?? '');
  if (plain === '') return '–';
  const longestRun = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longestRun + 1);
  const space = longestRun > 0 ? ' ' : '';
  return `${fence}${space}${plain.replaceAll('|', String.raw`\|`)}${space}${fence}`;
}
