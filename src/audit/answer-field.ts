const ASKED: ReadonlySet<string> = new Set([
  'question',
  'questions',
  'answer',
  'answers',
  'response',
  'responses',
  'reply',
  'replies',
]);

/** Where one answer is picked out of several, its value is a label: `"better_answer": "Answer 2"`. */
const CHOICE = /^(?:best|better|worse|worst|chosen|choice|preferred|winning|winner|selected|correct|which)$/;

/** Words that say nothing of their own: `answer_text`, or `{"answer": {"text": …}}`. */
const NEUTRAL: ReadonlySet<string> = new Set(['text', 'content', 'value', 'body']);

/** Millions of answers share a handful of names, and splitting one takes longer than all the rest. */
const MOST_NAMES = 1000;
const known = new Map<string, boolean>();

/** True for `answer`, `refinedQuestion`, `question_text`; not for `answer_type` or `better_answer`. */
export function isAnswerField(name: string): boolean {
  let isOne = known.get(name);
  if (isOne === undefined) {
    isOne = endsInAnswer(name);
    if (known.size < MOST_NAMES && name.length <= LONGEST_NAME) known.set(name, isOne);
  }
  return isOne;
}

/** Letters: longer ones are content, and not kept. */
const LONGEST_NAME = 100;

function endsInAnswer(name: string): boolean {
  const words = wordsOf(name);
  while (words.length > 1 && NEUTRAL.has(words.at(-1) ?? '')) words.pop();
  return ASKED.has(words.at(-1) ?? '') && !words.some((word) => CHOICE.test(word));
}

/** True for a name that takes its meaning from the object that holds it. */
export function isNeutralField(name: string): boolean {
  return NEUTRAL.has(name.toLowerCase());
}

/** True where a value repeats the name of its field: `"refined_answer": "refined answer"`. */
export function repeatsName(name: string, value: string): boolean {
  return value.length <= 2 * name.length && wordsOf(name).join(' ') === wordsOf(value).join(' ');
}

function wordsOf(name: string): string[] {
  return name
    .replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, ' ')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '');
}
