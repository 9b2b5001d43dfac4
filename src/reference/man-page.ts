import { commandPage, rootPage } from '../cli/help/command-page.ts';
import type { HelpPage, HelpSection } from '../cli/help/page.ts';
import { topicPage } from '../cli/help/topics.ts';
import { COMMANDS } from '../cli/table/command-table.ts';

/** Everything of help on one page for `man`, from the same data. */
export function manPage(version: string): string {
  const root = rootPage();
  const commands = COMMANDS.filter(({ isHidden }) => isHidden !== true).map((spec) => commandPage(spec));
  const environment = topicPage('environment');
  const isGlobal = ({ title }: HelpSection): boolean => title === 'Global flags';
  const lines = [
    `.TH BATCH\\-SUBMIT 1 "" "batch\\-submit ${version}" "User Commands"`,
    '.SH NAME',
    'batch\\-submit \\- submit batches to the Gemini Batch API exactly once, and collect every result',
    '.SH SYNOPSIS',
    ...root.usage.flatMap((usage, index) => [...(index === 0 ? [] : ['.br']), `.B ${escaped(usage)}`]),
    '.SH DESCRIPTION',
    ...paragraphs([root.summary, ...root.text]),
    '.SH COMMANDS',
    ...commands.flatMap((page) => commandLines(page)),
    '.SH GLOBAL FLAGS',
    ...root.sections.filter((section) => isGlobal(section)).flatMap((section) => rowLines(section)),
    '.SH ENVIRONMENT',
    ...paragraphs([environment.summary, ...environment.text]),
    ...environment.sections.flatMap((section) => rowLines(section)),
    '.SH EXIT STATUS',
    ...topicPage('exit-codes').sections.flatMap((section) => rowLines(section)),
    '.SH ERRORS',
    ...topicPage('errors').sections.flatMap((section) => rowLines(section)),
    '.SH OUTPUT',
    ...paragraphs([topicPage('formats').summary, ...topicPage('formats').text]),
    '.SH EXAMPLES',
    ...exampleLines(root),
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines(page: HelpPage): readonly string[] {
  const [usage = ''] = page.usage.slice(-1);
  return [
    `.SS ${escaped(usage)}`,
    ...paragraphs([page.summary, ...page.text]),
    ...page.sections.flatMap((section) => rowLines(section)),
    ...exampleLines(page),
  ];
}

function rowLines({ title, rows }: HelpSection): readonly string[] {
  return [
    '.PP',
    `${escaped(title)}:`,
    ...rows.flatMap(({ term, text }) => ['.TP', `.B ${escaped(term.trim())}`, escaped(text)]),
  ];
}

function exampleLines({ examples }: HelpPage): readonly string[] {
  return examples.flatMap(([command, meaning]) => ['.TP', `.B ${escaped(command)}`, escaped(meaning)]);
}

function paragraphs(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => ['.PP', escaped(text)]);
}

/** What roff reads as a request or an escape is made plain; a hyphen stays one that can be copied. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('`', '\\(ga')
    .replaceAll("'", '\\(aq')
    .replaceAll('"', '\\(dq')
    .replaceAll('…', '...')
    .replace(/^([.'])/, '\\&$1');
}
