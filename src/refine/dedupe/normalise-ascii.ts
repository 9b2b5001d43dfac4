const BLANK = 0x20;
const CASE = 0x20;

/** What a character is, by its code; what is in none of these is a blank. */
const [OTHER, LETTER, CAPITAL, DIGIT, SIGN, POINT, COMMA, MINUS, HASH, APOSTROPHE] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
] as const;
const [NOT, TWICE, SLASH, CARET, STAR] = [10, 11, 12, 13, 14] as const;

const CLASSES = new Uint8Array(128);
for (const [characters, kind] of [
  ['abcdefghijklmnopqrstuvwxyz', LETTER],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', CAPITAL],
  ['0123456789', DIGIT],
  ['$%+<=>', SIGN],
  ['.', POINT],
  [',', COMMA],
  ['-', MINUS],
  ['#', HASH],
  ["'", APOSTROPHE],
  ['!', NOT],
  ['&|', TWICE],
  ['/', SLASH],
  ['^', CARET],
  ['*', STAR],
] as const) {
  for (const character of characters) CLASSES[character.charCodeAt(0)] = kind;
}

let room = Buffer.alloc(4096);

/** `normaliseAny` for a text in ASCII, in a fifth of the time. */
export function normaliseAscii(text: string): string {
  if (text.length > room.length) room = Buffer.alloc(2 * text.length);
  let used = 0;
  let before: number = OTHER;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const kind = CLASSES[code] ?? OTHER;
    if (kind === LETTER || kind === DIGIT || kind === SIGN) room[used++] = code;
    else if (kind === CAPITAL) room[used++] = code | CASE;
    else if (kind !== OTHER && isKept(kind, before, text, at)) {
      if (kind !== APOSTROPHE) room[used++] = code;
    } else if (used > 0 && room[used - 1] !== BLANK) room[used++] = BLANK;
    before = kind;
  }
  if (used > 0 && room[used - 1] === BLANK) used -= 1;
  return room.toString('latin1', 0, used);
}

/** What is kept only for what stands around it. */
function isKept(kind: number, before: number, text: string, at: number): boolean {
  const after = kindAt(text, at + 1);
  switch (kind) {
    case POINT:
      return after === DIGIT && before !== POINT && before !== COMMA && (before === DIGIT || !isWord(before));
    case COMMA:
    case SLASH:
      return before === DIGIT && after === DIGIT;
    case MINUS:
      return !isWord(before) && isNumber(text, at + 1);
    case HASH:
      return isWord(before);
    case APOSTROPHE:
      return isWord(before) && isWord(after);
    case NOT:
      return text.charAt(at + 1) === '=';
    case TWICE:
      return text.charAt(at - 1) === text.charAt(at) || text.charAt(at + 1) === text.charAt(at);
    case CARET:
      return isWord(before) && (isWord(after) || (after === MINUS && isNumber(text, at + 2)));
    default:
      return (
        isBetweenWords(text, at, 1) || (text.slice(at - 1, at + 2) === ' * ' && isBetweenWords(text, at, 2))
      );
  }
}

function isNumber(text: string, at: number): boolean {
  const kind = kindAt(text, at);
  return kind === DIGIT || (kind === POINT && kindAt(text, at + 1) === DIGIT);
}

function isBetweenWords(text: string, at: number, distance: number): boolean {
  return isWord(kindAt(text, at - distance)) && isWord(kindAt(text, at + distance));
}

function kindAt(text: string, at: number): number {
  return CLASSES[text.charCodeAt(at)] ?? OTHER;
}

function isWord(kind: number): boolean {
  return kind === LETTER || kind === CAPITAL || kind === DIGIT;
}
