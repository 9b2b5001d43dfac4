import { LONGEST, PLACEHOLDER_RULES, type PlaceholderRule } from './placeholder-rules.ts';

/** The rule that a text fits; of several the one that speaks the furthest. */
export function matchPlaceholder(text: string): PlaceholderRule | undefined {
  if (text.length > LONGEST + MOST_AROUND || !SUSPECT.test(text)) return undefined;
  const bare = unwrap(text);
  if (bare.length === 0 || bare.length > LONGEST) return undefined;
  return PLACEHOLDER_RULES.find(({ pattern }) => pattern.test(bare));
}

/** Letters of blank space, quotes and emphasis: with more of them a text is looked at no further. */
const MOST_AROUND = 40;

/** Every rule needs one of these: one look instead of one for each rule. */
const SUSPECT =
  /[[<【{_…]|\.{3}|xxx|here|text|str|placeholder|dummy|question|answer|response|reply|todo|fixme|t\.?b\.?d|to be|test|asdf|blah/i;

/** Quotes and emphasis do not make an answer of a placeholder. */
const WRAPPED = /^(\*\*|["'`*_“«])(?!\1)([\s\S]+?)(?:\1|["”»])$/;

function unwrap(text: string): string {
  const trimmed = text.trim();
  return (WRAPPED.exec(trimmed)?.[2] ?? trimmed).trim();
}
