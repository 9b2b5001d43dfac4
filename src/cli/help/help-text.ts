import type { Style } from '../output/style.ts';
import type { Example, HelpPage, HelpSection } from './page.ts';

/** Longer terms stand on a line of their own. */
const WIDEST_TERM = 30;
const INDENT = '  ';
const GAP = '   ';

/** Where fewer columns are left beside the terms, texts stand below them. */
const NARROWEST_TEXT = 24;
const BELOW = INDENT.repeat(3);

/** A page for a terminal of so many columns. The words are the same without colour. */
export function helpText(page: HelpPage, { columns, style }: { columns: number; style: Style }): string {
  const width = Math.max(40, Math.min(columns, 100));
  const terms = page.sections.flatMap(({ rows }) => rows.map(({ term }) => term.length));
  const termWidth = Math.min(Math.max(...terms), WIDEST_TERM) + GAP.length;
  const heading = (title: string): string => style.paint('strong', `${title}:`);
  const blocks = [
    [page.summary, ...page.text].map((text) => wrap(text, width).join('\n')).join('\n\n'),
    ...(page.usage.length === 0 ? [] : [usageText(page.usage, heading('Usage'))]),
    ...page.sections.map((section) => `${heading(section.title)}\n${sectionText(section, width, termWidth)}`),
    ...(page.examples.length === 0 ? [] : [`${heading('Examples')}\n${examplesText(page.examples, '$ ')}`]),
    ...(page.more.length === 0 ? [] : [`${heading('More')}\n${examplesText(page.more, '')}`]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function usageText(usage: readonly string[], heading: string): string {
  return `${heading} ${usage.join(`\n${' '.repeat('Usage: '.length)}`)}`;
}

function sectionText({ rows }: HelpSection, width: number, termWidth: number): string {
  const isNarrow = width - INDENT.length - termWidth < NARROWEST_TEXT;
  return rows
    .map(({ term, text }) => {
      if (isNarrow)
        return [
          `${INDENT}${term}`,
          ...wrap(text, width - BELOW.length).map((line) => `${BELOW}${line}`),
        ].join('\n');
      const lines = wrap(text, width - INDENT.length - termWidth);
      const isApart = term.length > WIDEST_TERM;
      const [first = '', ...rest] = isApart ? ['', ...lines] : lines;
      const below = rest.map((line) => `${INDENT}${' '.repeat(termWidth)}${line}`);
      return [`${INDENT}${term.padEnd(termWidth)}${first}`.trimEnd(), ...below].join('\n');
    })
    .join('\n');
}

/** Commands are not wrapped: a person copies them. */
function examplesText(examples: readonly Example[], prompt: string): string {
  const width = Math.min(Math.max(...examples.map(([command]) => command.length)), WIDEST_TERM + 10);
  return examples
    .map(([command, meaning]) =>
      command.length > width
        ? `${INDENT}${prompt}${command}\n${INDENT.repeat(2)}  ${meaning}`
        : `${INDENT}${prompt}${command.padEnd(width)}${GAP}${meaning}`,
    )
    .join('\n');
}

/** commander can do this too, but the first page of help does without loading it. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
