import { BatchSubmitError } from '../../model/errors.ts';

/** ISO 639-1 and what the detector of languages calls it (ISO 639-3). */
const CODES: Readonly<Record<string, string>> = {
  am: 'amh',
  ar: 'arb',
  bg: 'bul',
  bn: 'ben',
  cs: 'ces',
  de: 'deu',
  el: 'ell',
  en: 'eng',
  es: 'spa',
  fa: 'pes',
  fr: 'fra',
  gu: 'guj',
  ha: 'hau',
  he: 'heb',
  hi: 'hin',
  hu: 'hun',
  id: 'ind',
  it: 'ita',
  ja: 'jpn',
  ko: 'kor',
  mr: 'mar',
  ms: 'zlm',
  nl: 'nld',
  pa: 'pan',
  pl: 'pol',
  pt: 'por',
  ro: 'ron',
  ru: 'rus',
  so: 'som',
  sv: 'swe',
  sw: 'swh',
  ta: 'tam',
  te: 'tel',
  th: 'tha',
  tr: 'tur',
  uk: 'ukr',
  ur: 'urd',
  uz: 'uzn',
  vi: 'vie',
  yo: 'yor',
  zh: 'cmn',
};

/**
 * `en` or `eng` ⇒ `eng`; `any` stays what it is.
 * @throws {BatchSubmitError} `E_USAGE`
 */
export function readLanguage(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const code = text.trim().toLowerCase();
  if (code === 'any' || Object.values(CODES).includes(code)) return code;
  const found = Object.hasOwn(CODES, code) ? CODES[code] : undefined;
  if (found !== undefined) return found;
  throw new BatchSubmitError(
    'E_USAGE',
    `Cannot expect the language "${text}": it is not one that can be told`,
    {
      hint: 'write it as `--language en`, or look at none with `--language any`',
      details: [`known: ${Object.keys(CODES).join(', ')}`],
    },
  );
}
