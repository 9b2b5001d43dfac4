import { commandPage, rootPage } from '../cli/help/command-page.ts';
import { ERROR_MEANINGS } from '../cli/help/error-meanings.ts';
import { topicPage } from '../cli/help/topics.ts';
import { EXIT, EXIT_BY_CODE } from '../cli/exit-codes.ts';
import { COMMANDS } from '../cli/table/command-table.ts';
import { SETTINGS } from '../config/settings-table.ts';
import { variableOf } from '../config/setting.ts';
import { DOCUMENTS } from '../documents/index.ts';
import type { ErrorCode } from '../model/errors.ts';
import { pageMarkdown, sectionMarkdown, table } from './markdown.ts';

const MADE = '<!-- Made from the program by `npm run docs`. -->';

export function commandsMarkdown(): string {
  const pages = COMMANDS.filter(({ isHidden }) => isHidden !== true).map((spec) => commandPage(spec));
  const contents = pages.map(({ title }) => `[${title.split(' ').at(-1)}](#${title.replaceAll(' ', '-')})`);
  const root = rootPage();
  const global = root.sections.filter(({ title }) => title === 'Global flags');
  const overview = { ...root, title: 'Commands', sections: global };
  return page(pageMarkdown(overview, 1), contents.join(' · '), ...pages.map((one) => pageMarkdown(one, 2)));
}

export function settingsMarkdown(): string {
  const rows = SETTINGS.map(({ name, placeholder, fallback, description, sources }) => [
    `\`--${name} ${placeholder}\``,
    `\`${variableOf(name)}\``,
    fallback === undefined ? '' : `\`${fallback}\``,
    description,
    sources.includes('config_file') ? 'anywhere' : 'flag or real environment only',
  ]);
  const environment = topicPage('environment');
  return page(
    pageMarkdown({ ...environment, title: 'Settings', sections: [] }, 1),
    table(['flag', 'variable', 'default', 'meaning', 'where'], rows),
    'The key in `batch-submit.config.json` is the flag without its dashes. Name the schema in it, and an editor helps:',
    '```json\n{\n  "$schema": "./node_modules/batch-submit/docs/schema/config.schema.json",\n  "input": "batches",\n  "poll": "30s"\n}\n```',
    ...environment.sections
      .filter(({ title }) => title !== 'Settings')
      .map((section) => sectionMarkdown(section, 1)),
  );
}

export function errorsMarkdown(): string {
  const codes = Object.entries(ERROR_MEANINGS).map(([code, { meaning, remedy }]) => {
    const exit = code === 'E_BUG' ? EXIT.unexpected : EXIT_BY_CODE[code as ErrorCode]; // the keys of the table
    return `## ${code}\n\nExit code ${exit}. ${sentence(meaning)} ${sentence(remedy)}`;
  });
  const { summary, text } = topicPage('errors');
  return page('# Errors', [summary, ...text].join(' '), ...codes, pageMarkdown(topicPage('exit-codes'), 2));
}

export function jsonMarkdown(): string {
  const commandsOf = (name: string): string =>
    COMMANDS.filter(({ prints }) => (prints as readonly string[]).includes(name))
      .map((spec) => `\`${spec.name}\``)
      .join(', ');
  const rows = DOCUMENTS.map(({ name, title }) => [
    `[${name}.schema.json](../schema/${name}.schema.json)`,
    title,
    commandsOf(name),
  ]);
  return page(
    pageMarkdown({ ...topicPage('formats'), sections: topicPage('formats').sections.slice(0, 1) }, 1),
    '## Schemas',
    'Each is a JSON Schema (draft 2020-12). In the package they are `batch-submit/schema/<name>.schema.json`.',
    table(['schema', 'of', 'printed by'], rows),
  );
}

function page(...blocks: readonly string[]): string {
  return `${[MADE, ...blocks].join('\n\n')}\n`;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
