import { Secret } from './secret.ts';

const REDACTED = '[redacted]';

/**
 * Shapes of credentials that are not ours to know. Every repetition is of one class that cannot match
 * what follows it, so the time is linear in the text.
 */
const SHAPES: readonly (readonly [shape: RegExp, replacement: string])[] = [
  [/AIza[\w-]{10,}/g, REDACTED],
  [/\b(?:AQ|ya29)\.[\w-]{16,}/g, REDACTED],
  [
    /(x-goog-api-key|x-guploader-uploadid)(["'\\]{0,4}[ \t]{0,8}[:=,][ \t]{0,8}(?![ \t"'\\[]{0,12}redacted)["'\\[ ]{0,4})[^\s"'\\,&\]}]+/gi,
    `$1$2${REDACTED}`,
  ],
  [/(upload_id(?:=|%3D))[^\s"'\\&<>]+/gi, `$1${REDACTED}`],
  [/((?<!\w)key=)[^\s"'\\&<>]+/g, `$1${REDACTED}`],
  [/((?:%3F|%26)key%3D)[^\s"'\\&<>%]+/gi, `$1${REDACTED}`],
  [/(\bBearer[ \t]{1,8})[\w.~+/=-]{8,}/gi, `$1${REDACTED}`],
];

/** Shorter values would blot out ordinary words. */
const SHORTEST_SECRET = 6;

/**
 * Makes the last net under everything that is printed or written: it removes the given secrets, as they
 * are, URL-encoded, JSON-escaped, in base64 at any offset, and each of these reversed; and whatever looks
 * like a credential.
 */
export function createScrub(secrets: readonly (Secret | string)[]): (text: string) => string {
  const forms = secrets.flatMap((secret) => formsOf(secret instanceof Secret ? secret.reveal() : secret));
  // Longer forms first: one may contain another.
  const ordered = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const form of ordered) clean = clean.replaceAll(form, REDACTED);
    for (const [shape, replacement] of SHAPES) clean = clean.replaceAll(shape, replacement);
    return clean;
  };
}

function formsOf(secret: string): readonly string[] {
  if (secret.length < SHORTEST_SECRET) return [];
  const encoded = encodeURIComponent(secret);
  const forms = [
    secret,
    encoded,
    encoded.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('hex'),
    ...base64Forms(secret),
  ];
  return [...forms, ...forms.map((form) => Array.from(form).toReversed().join(''))];
}

/**
 * Base64 groups three bytes, so a text within a text shows in one of three ways. The letters at either
 * end that also depend on a neighbour are left off.
 */
function base64Forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const from = Math.ceil((offset * 8) / 6);
    const to = Math.floor((padded.length * 8) / 6);
    const form = padded.toString('base64').slice(from, to);
    return [form, form.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
