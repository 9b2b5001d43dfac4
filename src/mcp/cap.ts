import { cleanForeignText } from '../config/clean-foreign-text.ts';

/** How many problems an answer lists; the rest is counted. */
export const MOST_PROBLEMS = 20;

const LONGEST_TEXT = 200;

/** Text of a service or of a file, fit to be read by a program that might take it for an instruction: one short line. */
export function capText(text: string): string {
  const line = cleanForeignText(text).replaceAll(/\s+/g, ' ').trim();
  if (line.length <= LONGEST_TEXT) return line;
  // Half a character at the cut is left off: not every client can read it.
  return `${line.slice(0, LONGEST_TEXT - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** `182: UNCERTAIN: …`: what went wrong with a batch, or with none in particular. */
export function problem(batch: number | undefined, reason: string, message: string): string {
  const where = batch === undefined ? '' : `${batch}: `;
  return `${where}${capText(reason)}: ${capText(message)}`;
}
