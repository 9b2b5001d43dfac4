/** The words of the usual text and of its usual continuations. */
const WORDS: ReadonlySet<string> = new Set(
  (
    'lorem ipsum dolor sit amet consectetur consectetuer adipiscing adipisicing elit sed do eiusmod tempor ' +
    'incididunt ut labore et dolore magna aliqua enim ad minim veniam quis nostrud exercitation ullamco ' +
    'laboris nisi aliquip ex ea commodo consequat duis aute irure in reprehenderit voluptate velit esse ' +
    'cillum eu fugiat nulla pariatur excepteur sint occaecat cupidatat non proident sunt culpa qui officia ' +
    'deserunt mollit anim id est laborum diam nonummy nibh euismod tincidunt laoreet aliquam erat volutpat ' +
    'wisi vel eum iriure hendrerit vulputate molestie'
  ).split(' '),
);

const BEGINNING = /\blorem ipsum dolor\b/i;
/** An answer about the text quotes it, and says more than it quotes. */
const LEAST_SHARE = 0.7;
/** A page of markup or code with it was asked for as a page. */
const MARKUP = /<\/|```/;
/** Letters from the beginning that are counted. */
const LOOKED_AT = 20_000;

export function mentionsLoremIpsum(text: string): boolean {
  // A search for a string is far faster than one for a pattern, and nearly always all that is needed.
  return (text.includes('orem ipsum') || text.includes('OREM IPSUM')) && BEGINNING.test(text);
}

/** True when the text is filler Latin, and not only quotes some. */
export function isLoremIpsum(text: string): boolean {
  if (!mentionsLoremIpsum(text) || MARKUP.test(text)) return false;
  const words =
    text
      .slice(0, LOOKED_AT)
      .toLowerCase()
      .match(/[\p{L}\d]+/gu) ?? [];
  const latin = words.filter((word) => WORDS.has(word)).length;
  return latin >= LEAST_SHARE * words.length;
}
