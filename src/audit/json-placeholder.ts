import { isObject } from '../input/check-line.ts';
import { isAnswerField, isNeutralField, repeatsName } from './answer-field.ts';
import { isLoremIpsum, mentionsLoremIpsum } from './lorem-ipsum.ts';
import { matchPlaceholder } from './match-placeholder.ts';
import type { PlaceholderScope } from './placeholder-rules.ts';

/** So many members are looked at: an answer of placeholders shows early. */
const MOST_MEMBERS = 20_000;

/**
 * The reason why a JSON answer is a placeholder: one of its answers or questions is, or all of them
 * may be, or half of all its strings are. `text` is the JSON itself. Walks without recursion, as
 * an answer can be nested as deeply as it likes.
 */
export function findJsonPlaceholder(value: object, text: string): string | undefined {
  const mayBeLatin = mentionsLoremIpsum(text);
  const strings = { all: 0, bad: 0 };
  const answers = { all: 0, bad: 0 };
  let reason: string | undefined;

  const stack: Member[] = [{ value, field: undefined, isAnswer: false }];
  for (let seen = 0; seen < MOST_MEMBERS; seen += 1) {
    const member = stack.pop();
    if (member === undefined) break;
    if (typeof member.value !== 'string') {
      pushMembers(stack, member);
      continue;
    }
    if (member.value.trim() === '') continue;
    const found = judgeString(member.value, member, mayBeLatin);
    strings.all += 1;
    if (member.isAnswer) {
      answers.all += 1;
      if (found === undefined) continue;
      if (found.scope === 'anywhere' || found.scope === 'answer') return found.reason;
      answers.bad += 1;
      reason ??= found.reason;
    } else if (found !== undefined && speaksOf(found.scope, member.field)) {
      strings.bad += 1;
      reason ??= found.reason;
    }
  }
  const areAllAnswersBad = answers.bad > 0 && answers.bad === answers.all;
  const areHalfBad = strings.bad > 0 && 2 * strings.bad >= strings.all;
  return areAllAnswersBad || areHalfBad ? reason : undefined;
}

interface Member {
  readonly value: unknown;
  /** The nearest name; members of a list have the name of the list. */
  readonly field: string | undefined;
  /** True when that name is one of an answer or a question. */
  readonly isAnswer: boolean;
}

function pushMembers(stack: Member[], { value, field, isAnswer }: Member): void {
  // Put on the stack backwards, so that members come off it in their order.
  if (Array.isArray(value)) {
    for (let index = Math.min(value.length, MOST_MEMBERS) - 1; index >= 0; index -= 1)
      stack.push({ value: (value as unknown[])[index], field, isAnswer });
  } else if (isObject(value)) {
    const names = Object.keys(value);
    for (let index = Math.min(names.length, MOST_MEMBERS) - 1; index >= 0; index -= 1) {
      const name = names[index] ?? '';
      const inner = value[name];
      // Numbers and the like are passed over here: most members are, and none can be a placeholder.
      if (typeof inner !== 'string' && typeof inner !== 'object') continue;
      stack.push({
        value: inner,
        field: name,
        isAnswer: isAnswerField(name) || (isAnswer && isNeutralField(name)),
      });
    }
  }
}

interface Found {
  readonly reason: string;
  readonly scope: PlaceholderScope;
}

function judgeString(text: string, { field, isAnswer }: Member, mayBeLatin: boolean): Found | undefined {
  const rule = matchPlaceholder(text);
  if (rule !== undefined) return rule;
  if (mayBeLatin && isLoremIpsum(text)) return { reason: 'lorem_ipsum', scope: 'anywhere' };
  return isAnswer && field !== undefined && repeatsName(field, text)
    ? { reason: 'field_name', scope: 'field' }
    : undefined;
}

/** Whether a rule counts for a string that is no answer by its name. One of a bare list has no name. */
function speaksOf(scope: PlaceholderScope, field: string | undefined): boolean {
  return scope === 'anywhere' || (field === undefined && scope !== 'field');
}
