const BLANK = 0x20;
const CASE = 0x20;

/** What a character is, by its code; what is in none of these is a blank. */
const [OTHER, LETTER, CAPITAL, DIGIT, SIGN, WITHIN_NUMBER, MINUS, HASH, APOSTROPHE] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
] as const;

const CLASSES = new Uint8Array(128);
for (const [characters, kind] of [
  ['abcdefghijklmnopqrstuvwxyz', LETTER],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', CAPITAL],
  ['0123456789', DIGIT],
  ['$%+<=>', SIGN],
  ['.,', WITHIN_NUMBER],
  ['-', MINUS],
  ['#', HASH],
  ["'", APOSTROPHE],
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
    else if (isKept(kind, before, CLASSES[text.charCodeAt(at + 1)] ?? OTHER)) {
      if (kind !== APOSTROPHE) room[used++] = code;
    } else if (used > 0 && room[used - 1] !== BLANK) room[used++] = BLANK;
    before = kind;
  }
  if (used > 0 && room[used - 1] === BLANK) used -= 1;
  return room.toString('latin1', 0, used);
}

/** What is kept only for what stands around it. */
function isKept(kind: number, before: number, after: number): boolean {
  if (kind === WITHIN_NUMBER) return before === DIGIT && after === DIGIT;
  if (kind === MINUS) return after === DIGIT && !isWord(before);
  if (kind === HASH) return isWord(before);
  return kind === APOSTROPHE && isWord(before) && isWord(after);
}

function isWord(kind: number): boolean {
  return kind === LETTER || kind === CAPITAL || kind === DIGIT;
}
