import type { JsonObject } from './check-line.ts';
import type { FindingGroups } from './finding-groups.ts';
import { configOf, soleText } from './request-text.ts';

/** So many requests are looked at: a prompt has hundreds of lines, not millions. */
export const LOOKED_AT = 2000;
/** Fewer are no reason to speak up. */
const FEWEST = 100;
const SHORT = 200;

/** The forms of a line that is a part of a document, and no question by itself. */
const FORMS: readonly (readonly [name: string, form: RegExp])[] = [
  ['punctuation', /^[\s{}[\](),;:"'`~=*_|\\-]*$/],
  ['question', /^(?:q|question)\s*\d*\s*[:.)]/i],
  ['answer', /^(?:a|answer|response)\s*\d*\s*[:.)]/i],
  ['number', /^(?:(?:pair|item|entry|example|no\.?)\s*#?)?\d+\s*(?:[:.)\]-]|$)/i],
  ['heading', /^#{1,6}\s|^\*\*[^*]+\*\*:?$/],
  ['field', /^"[^"]+"\s*:/],
  ['bullet', /^[-*•]\s/],
  ['row', /^\|.*\|$/],
];

/** What one request says of the question. */
export interface SplitClue {
  /** Its settings, as JSON. */
  readonly config: string | undefined;
  /** The form of its text; `undefined` for a request of more than one line. */
  readonly text: TextClue | undefined;
}

interface TextClue {
  readonly isShort: boolean;
  readonly form: string | undefined;
  readonly beginsSmall: boolean;
  readonly isOpen: boolean;
  readonly beginsLarge: boolean;
  readonly holdsSentence: boolean;
}

export interface SplitDetector {
  /** Looks at the next request of the file. */
  add(request: JsonObject): void;
  /** The same for a request that was looked at elsewhere. */
  addClue(clue: SplitClue): void;
  /** True once further requests are not looked at. */
  isFull(): boolean;
  /** A statement, when the requests looked at are most likely the lines of one prompt. */
  verdict(): string | undefined;
}

/**
 * Notices one prompt whose lines became a request each. Short questions, titles, search words or
 * numbered questions must not be taken for that, so shortness proves nothing: it takes lines of several
 * forms that alternate as in a document, or prose whose sentences go on in the next request. Requests
 * that say what to do with a line (a system instruction, tools) or differ in their settings are meant.
 */
export function createSplitDetector(): SplitDetector {
  const forms = new Map<string, number>();
  const seen = { all: 0, single: 0, short: 0, changes: 0, joins: 0, upper: 0, within: 0 };
  let config: string | undefined;
  let hasOneConfig = true;
  let formBefore: string | undefined;
  let isOpenBefore = false;

  const look = ({ isShort, form, beginsSmall, isOpen, beginsLarge, holdsSentence }: TextClue): void => {
    seen.single += 1;
    if (isShort) seen.short += 1;
    if (form !== undefined) forms.set(form, (forms.get(form) ?? 0) + 1);
    if (form !== undefined && formBefore !== undefined && form !== formBefore) seen.changes += 1;
    formBefore = form;
    if (isOpenBefore && beginsSmall) seen.joins += 1;
    isOpenBefore = isOpen;
    if (beginsLarge) seen.upper += 1;
    if (holdsSentence) seen.within += 1;
  };

  const isFull = (): boolean => seen.all >= LOOKED_AT;
  const addClue = ({ config: own, text }: SplitClue): void => {
    if (isFull()) return;
    if (seen.all > 0 && own !== config) hasOneConfig = false;
    config = own;
    seen.all += 1;
    if (text !== undefined) look(text);
  };

  return {
    add(request) {
      if (!isFull()) addClue(readSplitClue(request));
    },
    addClue,
    isFull,
    verdict() {
      const { all, single, short, changes, joins, upper, within } = seen;
      if (all < FEWEST || !hasOneConfig || single < all * 0.95 || short < all * 0.4) return undefined;
      const counts = [...forms.values()].sort((a, b) => b - a);
      const formed = counts.reduce((total, count) => total + count, 0);
      const isDocument = formed >= all * 0.5 && (counts[1] ?? 0) >= all * 0.05 && changes >= all * 0.2;
      const isProse = joins >= all * 0.4 && upper >= all * 0.1 && within >= all * 0.1;
      const cut = `looks like one prompt cut into ${all} requests of one line each, and each would be answered, and paid for, by itself`;
      if (isDocument) return `${cut}: ${formed} of them are only a label, a number, a bracket or the like`;
      if (isProse) return `${cut}: ${joins} of them begin in the middle of a sentence`;
      return undefined;
    },
  };
}

/** Adds the verdict on the file, when there is one. */
export function noteSplit(groups: FindingGroups, split: Pick<SplitDetector, 'verdict'>): void {
  const cut = split.verdict();
  if (cut === undefined || !groups.wants('split_prompt')) return;
  groups.add('split_prompt', { line: undefined, detail: `the file ${cut}` });
}

export function readSplitClue(request: JsonObject): SplitClue {
  const raw = soleText(request);
  // Most prompts have several lines, and need not be decoded to show it.
  const text = raw === undefined || hasLines(raw) ? undefined : decoded(raw).trim();
  const isLine = text !== undefined && !/[\r\n]/.test(text);
  return { config: JSON.stringify(configOf(request)), text: isLine ? readTextClue(text) : undefined };
}

function readTextClue(text: string): TextClue {
  return {
    isShort: text.length <= SHORT,
    form: FORMS.find(([, pattern]) => pattern.test(text))?.[0],
    beginsSmall: /^\p{Ll}/u.test(text),
    isOpen: /[\p{L},;]$/u.test(text),
    beginsLarge: /^["'(]?\p{Lu}/u.test(text),
    holdsSentence: /[.!?]["')\]]?\s+["'(]?\p{Lu}/u.test(text),
  };
}

/** True when a line end stands between two visible characters of ASCII, which are the same in both readings. */
function hasLines(text: string): boolean {
  const first = text.search(/[!-~]/);
  if (first === -1) return false;
  const lineEnd = text.slice(first).search(/[\r\n]/);
  return lineEnd !== -1 && /[!-~]/.test(text.slice(first + lineEnd));
}

/** Undoes the reading of UTF-8 as Latin-1; a text with escapes beyond that is right as it is. */
function decoded(text: string): string {
  if (/^[ -~]*$/.test(text) || /[\u0100-\uffff]/.test(text)) return text;
  return Buffer.from(text, 'latin1').toString();
}
