import { isPlaceholder } from '../../audit/placeholder.ts';
import type { AnswerRecord, Fields } from '../answer-record.ts';
import type { LanguageGate } from './languages.ts';
import { isPadded } from './padding.ts';
import { letterCount, plainWords } from './plain-words.ts';
import type { RecordKind } from './record-kind.ts';

/** Fewer letters are no question, and fewer are no answer. */
const SHORTEST_QUESTION = 5;
const SHORTEST_ANSWER = 8;
/** An answer was lost on the way when so little is left of a long one. */
const LEAST_OF_SOURCE = 0.25;
const LONG_SOURCE = 120;

/** What is doubtful about a record, in the order of `GATES`. */
export function flagsOf(
  value: Fields,
  source: Fields | undefined,
  kind: RecordKind,
  languages: LanguageGate,
): AnswerRecord['flags'] {
  const texts = textsOf(value, kind).map((text) => ({ text, words: plainWords(text) }));
  const flags: AnswerRecord['flags'][number][] = [];
  if (texts.some(({ text }) => isPlaceholder(text) !== undefined)) flags.push('placeholder');
  if (texts.some(({ words }) => isPadded(words))) flags.push('padding');
  if (kind.expected.some((name) => isAbsent(value[name]))) flags.push('missing');
  // A placeholder is short as well, and that is not what is wrong with it.
  if (!flags.includes('placeholder') && isShort(value, source, kind)) flags.push('short');
  if (isSame(value, kind)) flags.push('same');
  if (isOtherLanguage(texts, languages)) flags.push('language');
  return flags;
}

/** The texts of a record, as far as they are texts. */
export function textsOf(value: Fields, kind: RecordKind): readonly string[] {
  return kind.fields.map((name) => value[name]).filter((text) => typeof text === 'string');
}

function isAbsent(field: Fields[string] | undefined): boolean {
  return (
    field === undefined || field === null || field === '' || (Array.isArray(field) && field.length === 0)
  );
}

function isShort(
  value: Fields,
  source: Fields | undefined,
  { fields, question, answer }: RecordKind,
): boolean {
  for (const name of fields) {
    const text = value[name];
    if (typeof text !== 'string') continue;
    const least = name === question ? SHORTEST_QUESTION : name === answer ? SHORTEST_ANSWER : 1;
    if (letterCount(text) < least) return true;
  }
  const before = source?.['answer'];
  const after = answer === undefined ? undefined : value[answer];
  if (typeof before !== 'string' || typeof after !== 'string' || before.length < LONG_SOURCE) return false;
  return letterCount(after) < LEAST_OF_SOURCE * letterCount(before);
}

function isSame(value: Fields, { question, answer }: RecordKind): boolean {
  const asked = question === undefined ? undefined : value[question];
  const said = answer === undefined ? undefined : value[answer];
  if (typeof asked !== 'string' || typeof said !== 'string') return false;
  // Punctuation alone does not make a text twice as long.
  if (said.length > 2 * asked.length + SLACK || asked.length > 2 * said.length + SLACK) return false;
  const words = plainWords(said);
  return words.length > 0 && words.join(' ') === plainWords(asked).join(' ');
}

const SLACK = 20;

/** Each text that is long enough has its own say, so that a question does not speak for its answer. */
function isOtherLanguage(
  texts: readonly { readonly text: string; readonly words: readonly string[] }[],
  languages: LanguageGate,
): boolean {
  const long = texts.filter(({ text }) => languages.isLongEnough(text));
  if (long.length > 0) return long.some(({ text, words }) => languages.isOther(text, words));
  const text = texts.map((one) => one.text).join('\n');
  return languages.isOther(
    text,
    texts.flatMap(({ words }) => words),
  );
}
