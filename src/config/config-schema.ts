import { SETTINGS } from './settings-table.ts';
import { variableOf, type Setting } from './setting.ts';

/** The JSON Schema of `batch-submit.config.json`, for editors: from the same table as flags and variables. */
export function configSchema(): object {
  const settings = SETTINGS.filter(({ sources }) => sources.includes('config_file'));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Settings of batch-submit: batch-submit.config.json',
    type: 'object',
    properties: {
      $schema: { type: 'string', description: 'This file, for the editor.' },
      ...Object.fromEntries(settings.map((setting) => [setting.name, schemaOf(setting)])),
    },
    additionalProperties: false,
  };
}

function schemaOf(setting: Setting): object {
  const { description, fallback, name } = setting;
  return {
    description: `${description}. Flag --${name}, variable ${variableOf(name)}.`,
    ...typeOf(setting),
    ...(fallback === undefined ? {} : { default: fallback }),
  };
}

function typeOf({ kind, choices, least, most }: Setting): object {
  switch (kind) {
    case 'choice':
      return { enum: choices };
    case 'count':
      return {
        anyOf: [
          {
            type: 'integer',
            ...(least === undefined ? {} : { minimum: least }),
            ...(most === undefined ? {} : { maximum: most }),
          },
          { type: 'string', pattern: String.raw`^\d+$` },
        ],
      };
    case 'amount':
      return { type: ['integer', 'string'], examples: ['3M', 400_000_000] };
    case 'duration':
      return { type: 'string', examples: ['200ms', '60s', '3m', '12h'] };
    case 'string':
    case 'path':
    case 'url':
    case 'command':
      return { type: 'string', minLength: 1 };
  }
}
