/**
 * How sure a rule is, and so where it may speak:
 *
 * - `anywhere`: unmistakable, so it counts in every string of a JSON answer.
 * - `answer`: a word that is also a label somewhere (`"status": "TBD"`), so it counts only where an answer
 *   stands: as the whole text, or in a field that is named for an answer or a question.
 * - `lone`: as the whole text, and in such fields only when all of them are so: `placeholder` and
 *   `{{name}}` are true answers to some questions, beside which they stand.
 * - `field`: only in such fields, and only when all of them are so. As a whole text, `string` is a label.
 *
 * No rule speaks of `N/A`, `none` or `unknown`: that is what a request for data asks for where there is none.
 */
export const PLACEHOLDER_SCOPES = ['anywhere', 'answer', 'lone', 'field'] as const;
export type PlaceholderScope = (typeof PLACEHOLDER_SCOPES)[number];

export interface PlaceholderRule {
  readonly reason: string;
  readonly scope: PlaceholderScope;
  /** For a trimmed text of at most `LONGEST` letters, without quotes and emphasis around it. */
  readonly pattern: RegExp;
}

/** Letters. Longer texts are only looked through for Latin. */
export const LONGEST = 120;

const ASKED = '(?:question|answer|response|reply)';
const TEXT = `(?:${ASKED}|text|content|explanation|description|summary|output|title)`;
const KIND = '(?:refined|improved|revised|rewritten|new|original|final|model|generated|updated)';
const NUMBER = String.raw`(?:\s*(?:#|no\.?|number)?\s*\d{1,6})`;

function whole(pattern: string, flags = 'iu'): RegExp {
  return new RegExp(`^(?:${pattern})$`, flags);
}

/** No quotes, commas or equal signs: a list (`[your, my]`) and a tag with attributes are content. */
const INSIDE = String.raw`[^[\]<>{}"'=,\n]`;

/** In the order of their scopes, so that the first rule that a text fits is the one that speaks the furthest. */
export const PLACEHOLDER_RULES: readonly PlaceholderRule[] = [
  // [insert answer here], <add the response>. The verb alone is not enough: [add salt] is a stage direction.
  {
    reason: 'template',
    scope: 'anywhere',
    pattern: whole(
      String.raw`[[<]{1,2}\s*(?:insert|put|add|enter|write|type|paste|provide|place|fill in|replace)\s${INSIDE}{0,60}\b(?:here|${TEXT})\b${INSIDE}{0,30}[\]>]{1,2}\.?`,
    ),
  },
  // [your answer], <your text here>, [question goes here]
  {
    reason: 'template',
    scope: 'anywhere',
    pattern: whole(
      String.raw`[[<]{1,2}\s*(?:your\s+${INSIDE}{0,20}\b${TEXT}\b${INSIDE}{0,20}|${INSIDE}{0,30}\b${TEXT}\s+(?:goes\s+)?here)\s*[\]>]{1,2}\.?`,
    ),
  },
  // [Question 1], [refined answer], [placeholder for the answer], [TBD]
  {
    reason: 'template',
    scope: 'anywhere',
    pattern: whole(
      String.raw`\[{1,2}\s*(?:(?:the\s+)?(?:${KIND}\s+)?${TEXT}(?:\s+text)?${NUMBER}?|placeholder${INSIDE}{0,60}|tbd|todo|to be (?:filled in|added|completed|written|determined))\s*\]{1,2}\.?`,
    ),
  },
  // <answer>, <placeholder>. Not <title> or <summary>: those are true answers about HTML.
  {
    reason: 'template',
    scope: 'anywhere',
    pattern: whole(
      String.raw`<\s*(?:(?:${KIND}[ _-])?${ASKED}(?:[ _-]text)?${NUMBER}?|placeholder|todo|tbd)\s*>`,
    ),
  },
  // The same instruction in the other languages that templates are mostly written in.
  {
    reason: 'template',
    scope: 'anywhere',
    pattern: whole(
      String.raw`[[<【](?=${INSIDE}{0,60}(?:einfügen|einsetzen|insérer|insérez|insertar|inserte|inserir|insira|inserire|inserisci|вставьте|вставить|入力|挿入|在此|此处|填写|插入|여기에))${INSIDE}{2,80}[\]>】]`,
    ),
  },
  // Answer text goes here; your answer here; insert the response here. Not "enter your name here", which is
  // the translation of a form.
  {
    reason: 'template',
    scope: 'anywhere',
    pattern: whole(
      String.raw`(?:(?:the|your)\s+)?(?:[\p{L}-]+\s+){0,3}${TEXT}(?:\s+text)?\s+(?:goes|comes|to go)\s+here[.!]?|(?:insert|put|your)\s+(?:[\p{L}-]+\s+){0,3}${ASKED}(?:\s+text)?\s+here[.!]?`,
    ),
  },
  // Placeholder answer 12; dummy response; placeholder question for indicator 7.
  {
    reason: 'placeholder',
    scope: 'anywhere',
    pattern: whole(
      String.raw`(?:this is (?:just |only )?)?(?:an?\s+)?(?:placeholder|dummy)\s+(?:(?:${KIND}\s+)?${ASKED}${NUMBER}?\s+(?:for|to|of)\s[^.,;\n]{1,60}|(?:${KIND}\s+)?${TEXT}${NUMBER}?(?:\s+(?:goes\s+)?here)?)[.!]?`,
    ),
  },
  // Sample question 3; example answer; this is a test response for question 7.
  {
    reason: 'placeholder',
    scope: 'anywhere',
    pattern: whole(
      String.raw`(?:this is (?:just |only )?an?\s+)?(?:sample|example|mock|test)\s+(?:${KIND}\s+)?${ASKED}${NUMBER}?(?:\s+(?:for|to)\s+(?:the\s+)?(?:${ASKED}|item|pair|row|indicator|prompt)${NUMBER}?)?[.!]?`,
    ),
  },
  // Answer text; refined question text.
  {
    reason: 'placeholder',
    scope: 'answer',
    pattern: whole(String.raw`(?:the\s+)?(?:${KIND}\s+)?${ASKED}\s+text[.!]?`),
  },
  // In capitals only: "todo" is Spanish for everything, and a column of a board.
  {
    reason: 'todo',
    scope: 'answer',
    pattern: whole(
      String.raw`TODO[.!]?|FIXME|TODO:\s*(?:write|add|insert|fill in|complete|provide)\b[^.\n]{0,30}\b${ASKED}[.!]?`,
      'u',
    ),
  },
  {
    reason: 'todo',
    scope: 'answer',
    pattern: whole(String.raw`t\.?b\.?d\.?|to be (?:filled in|added|completed|written)[.!]?`),
  },
  {
    reason: 'filler',
    scope: 'answer',
    pattern: whole(String.raw`\.{3,}|…+|\[\s*(?:\.{3}|…)\s*\]|_{3,}`, 'u'),
  },
  // Not XXX: that is thirty.
  { reason: 'filler', scope: 'answer', pattern: whole('x{3,}|X{4,}', 'u') },
  {
    reason: 'filler',
    scope: 'answer',
    pattern: whole(
      String.raw`test(?:ing)?(?:[\s,]+test(?:ing)?)+[.!]?|(?:asdf\s*){2,}|blah(?:[\s,]+blah)+[.!]?`,
    ),
  },
  { reason: 'placeholder', scope: 'lone', pattern: whole(String.raw`(?:placeholder|dummy)${NUMBER}?[.!]?`) },
  // {{answer}}, ${name}, <%= reply %>, {question}: a template that nobody filled in.
  {
    reason: 'variable',
    scope: 'lone',
    pattern: whole(
      String.raw`\{\{\{?\s*[\p{L}_][\w. -]{1,40}\}?\}\}|\$\{\s*[\p{L}_][\w. -]{1,40}\}|<%=?\s*[\w. -]{2,40}%>|\{\s*(?:${KIND}_)?${ASKED}(?:_text)?(?:_?\d+)?\s*\}`,
    ),
  },
  // Answer 3 for question 3: numbered in a loop, and says nothing.
  {
    reason: 'placeholder',
    scope: 'field',
    pattern: whole(
      String.raw`(?:${KIND}\s+)?${ASKED}${NUMBER}(?:\s+(?:for|to|of|about)\s+\p{L}+${NUMBER})?[.!]?`,
    ),
  },
  // The schema's own word where a value should be.
  { reason: 'type_name', scope: 'field', pattern: whole('string|str|text') },
];
