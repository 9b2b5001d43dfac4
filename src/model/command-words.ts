/** The words of a command line, or why it is none; `reason` never repeats the text, which may hold a secret. */
export type CommandWords =
  | { readonly ok: true; readonly words: readonly [program: string, ...operands: string[]] }
  | { readonly ok: false; readonly reason: string };

/** What only a shell can do. */
const SHELL_CHARACTER = /[|&;<>()$`]/;

/**
 * Splits a command line into words as a shell does, with single and double quotes, and starts none: what
 * only a shell can do is refused outside of quotes, not passed on as text. A backslash takes the meaning
 * from a space, a quote or a backslash, and is itself anywhere else, so that paths of Windows stay whole.
 */
export function splitCommand(text: string): CommandWords {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (isEscape(text, at, quote)) {
      at += 1;
      word = `${word ?? ''}${text.charAt(at)}`;
    } else if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else word = `${word ?? ''}${character}`;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (SHELL_CHARACTER.test(character)) {
      return { ok: false, reason: `no shell reads it, so "${character}" has to stand in quotes` };
    } else word = `${word ?? ''}${character}`;
  }
  if (quote !== undefined) return { ok: false, reason: `a ${quote} is not closed` };
  if (word !== undefined) words.push(word);
  const [program, ...operands] = words;
  if (program === undefined || program === '') return { ok: false, reason: 'it names no program' };
  return { ok: true, words: [program, ...operands] };
}

function isEscape(text: string, at: number, quote: string | undefined): boolean {
  if (text.charAt(at) !== '\\' || quote === "'") return false;
  const next = text.charAt(at + 1);
  return next === '"' || next === '\\' || (quote === undefined && next !== '' && /[\s']/.test(next));
}
