import type { HelpPage, HelpSection } from '../cli/help/page.ts';

/** A page of help as Markdown, under a heading of this level. */
export function pageMarkdown(page: HelpPage, level: number): string {
  const heading = '#'.repeat(level);
  return [
    `${heading} ${page.title}`,
    page.summary,
    ...(page.usage.length === 0 ? [] : [`\`\`\`console\n${page.usage.join('\n')}\n\`\`\``]),
    ...page.text.map((text) => linked(text)),
    ...page.sections.map((section) => sectionMarkdown(section, level)),
    ...(page.examples.length === 0 ? [] : [examplesMarkdown(page)]),
  ].join('\n\n');
}

/** What the rows of a section explain, where it is not flags. */
const HEADS: Readonly<Record<string, string>> = {
  Operands: 'operand',
  Key: 'variable',
  'Colour and network': 'variable',
  Codes: 'code',
  'Fields when piped': 'command',
};

/** Its rows as a table, under a heading one below this level. */
export function sectionMarkdown({ title, rows }: HelpSection, level: number): string {
  return [
    `${'#'.repeat(level + 1)} ${title}`,
    table(
      [HEADS[title] ?? 'flag', 'meaning'],
      rows.map(({ term, text }) => [`\`${term.trim()}\``, text]),
    ),
  ].join('\n\n');
}

function examplesMarkdown({ examples }: HelpPage): string {
  const width = Math.max(...examples.map(([command]) => command.length));
  const lines = examples.map(([command, meaning]) => `$ ${command.padEnd(width)}   # ${meaning}`);
  return `\`\`\`console\n${lines.join('\n')}\n\`\`\``;
}

/** Columns are padded, so that the source can be read too. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => escaped(cell)));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [first = [], ...rest] = cells;
  return [line(first), rule, ...rest.map((row) => line(row))].join('\n');
}

function escaped(cell: string): string {
  return linked(cell).replaceAll('|', String.raw`\|`);
}

/** Angle brackets outside of code would be taken for HTML. */
function linked(text: string): string {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '&lt;') : part))
    .join('`');
}
