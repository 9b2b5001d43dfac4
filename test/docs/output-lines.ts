import type { Phrase } from './literals.ts';
import type { Block, Found, Page } from './markdown.ts';

/** What a page shows as printed: lines of console blocks that stand below a command of this program. */
export function outputIn({ blocks }: Pick<Page, 'blocks'>): readonly Found[] {
  return blocks.filter(({ language }) => language === 'console').flatMap((block) => printedLines(block));
}

function printedLines({ lines }: Block): readonly Found[] {
  let isOurs = false;
  return lines.filter(({ text }) => {
    const typed = /^\$ (.*)$/.exec(text)?.[1];
    // What jq and its like make of it is theirs.
    if (typed !== undefined) isOurs = /\bbatch-submit\b/.test(typed) && !typed.includes('|');
    return typed === undefined && isOurs && text !== '' && text !== '…';
  });
}

/** Names, paths, numbers and what stands in quotes are of the run; the other words are the program's. */
const OF_THE_RUN = /"[^"]*"|`[^`]*`|\S*[/_]\S*|\S*\d\S*/g;

/**
 * The words of a line that no text of the program can have put there: a text counts when all of its parts
 * stand in the line, in order.
 * @param phrases as `shownPhrases` gives them
 */
export function foreignWords(line: string, phrases: readonly Phrase[]): readonly string[] {
  const isOwn = new Set<number>();
  for (const phrase of phrases.filter(([first = '']) => line.includes(first))) {
    for (const [start, end] of placesOf(phrase, line)) for (let at = start; at < end; at += 1) isOwn.add(at);
  }
  const rest = line.replaceAll(OF_THE_RUN, (name) => ' '.repeat(name.length));
  const isForeign = ({ 0: word, index }: RegExpExecArray): boolean =>
    Array.from(word).some((_, place) => !isOwn.has(index + place));
  return [...rest.matchAll(/[A-Za-z][A-Za-z'-]{3,}/g)]
    .filter((match) => isForeign(match))
    .map(([word]) => word);
}

/** Phrases as they look on the screen, each once: without the space around their parts, which columns change. */
export function shownPhrases(phrases: readonly Phrase[]): readonly Phrase[] {
  const shown = phrases.map((phrase) =>
    phrase
      .flatMap((text) => text.split('\n'))
      // The name of a check, such as `key_accepted`, is shown in words.
      .map((text) => (/^[a-z_]+$/.test(text) ? text.replaceAll('_', ' ') : text.trim()))
      .filter((text) => text !== ''),
  );
  const known = new Map(shown.map((phrase) => [phrase.join('\n'), phrase]));
  return [...known.values()].filter(({ length }) => length > 0);
}

function placesOf(phrase: Phrase, line: string): readonly (readonly [number, number])[] {
  const [only] = phrase;
  // A label may stand there more than once.
  if (only !== undefined && phrase.length === 1) {
    const spread = line.split(only).slice(0, -1);
    return spread.map((_, nth) => {
      const start = spread.slice(0, nth + 1).join(only).length;
      return [start, start + only.length];
    });
  }
  const places: [number, number][] = [];
  let from = 0;
  for (const part of phrase) {
    const start = line.indexOf(part, from);
    if (start === -1) return [];
    from = start + part.length;
    places.push([start, from]);
  }
  return places;
}
