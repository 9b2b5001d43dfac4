import { configSchema } from '../config/config-schema.ts';
import { DOCUMENTS, jsonSchemaOf } from '../documents/index.ts';
import { manPage } from './man-page.ts';
import { commandsMarkdown, errorsMarkdown, jsonMarkdown, settingsMarkdown } from './pages.ts';

/** Every file below `docs/` that is made from the program, by its path there. */
export function referenceFiles(version: string): ReadonlyMap<string, string> {
  return new Map([
    ['reference/commands.md', commandsMarkdown()],
    ['reference/settings.md', settingsMarkdown()],
    ['reference/errors.md', errorsMarkdown()],
    ['reference/json.md', jsonMarkdown()],
    ['batch-submit.1', manPage(version)],
    ['schema/config.schema.json', jsonText(configSchema())],
    ...DOCUMENTS.map((document): [string, string] => [
      `schema/${document.name}.schema.json`,
      jsonText(jsonSchemaOf(document)),
    ]),
  ]);
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
