import type { Fields } from '../answer-record.ts';

/** What the records of the answers are. */
export interface RecordKind {
  readonly name: 'refined-pair' | 'schema';
  /** What a schema of the user's names; empty for the built-in pair. */
  readonly properties: readonly string[];
  /** Fields with the texts of a record: they are compared, embedded and looked through. */
  readonly fields: readonly string[];
  /** The two of them that must not be the same, where it has such. */
  readonly question: string | undefined;
  readonly answer: string | undefined;
  /** Fields that every record should have, beside those that it must. */
  readonly expected: readonly string[];
  /** True for an object that is meant as a record, whether or not it is a sound one. */
  looksLike(value: Fields): boolean;
  /** Why it is no record, as a sentence such as `refined_answer is missing`; `undefined` when it is one. */
  check(value: Fields): string | undefined;
}

/** A question and its answer, refined: `pair_id`, `refined_question`, `refined_answer`, `quality_score`, `improvements_made`. */
export const REFINED_PAIR: RecordKind = {
  name: 'refined-pair',
  properties: [],
  fields: ['refined_question', 'refined_answer'],
  question: 'refined_question',
  answer: 'refined_answer',
  expected: ['pair_id', 'quality_score', 'improvements_made'],
  looksLike: (value) => Object.hasOwn(value, 'refined_question') || Object.hasOwn(value, 'refined_answer'),
  check(value) {
    for (const [name, isFit, form] of FORMS) {
      const isThere = Object.hasOwn(value, name) && value[name] !== null;
      if (!isThere && NEEDED.has(name)) return `${name} is missing`;
      if (isThere && !isFit(value[name])) return `${name} is not ${form}`;
    }
    return undefined;
  },
};

const NEEDED: ReadonlySet<string> = new Set(['refined_question', 'refined_answer']);

type Form = readonly [name: string, isFit: (value: unknown) => boolean, form: string];

const FORMS: readonly Form[] = [
  ['refined_question', isText, 'a text'],
  ['refined_answer', isText, 'a text'],
  ['pair_id', (value) => isText(value) || isNumber(value), 'a number or a text'],
  ['quality_score', (value) => isNumber(value) || isNumericText(value), 'a number'],
  [
    'improvements_made',
    (value) => isText(value) || (Array.isArray(value) && value.every(isText)),
    'a text or a list of texts',
  ],
];

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value);
}

/** `8.5`, and also `8.5/10`, as models write it when nobody forbids it. */
function isNumericText(value: unknown): boolean {
  return typeof value === 'string' && /^\s*-?\d{1,9}(?:\.\d{1,9})?\s*(?:\/\s*\d{1,9}\s*)?$/.test(value);
}
