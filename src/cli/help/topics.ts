import { SETTINGS } from '../../config/settings-table.ts';
import { variableOf } from '../../config/setting.ts';
import { EXIT_MEANINGS } from '../exit-codes.ts';
import { COMMANDS } from '../table/command-table.ts';
import { ERROR_MEANINGS } from './error-meanings.ts';
import type { HelpPage } from './page.ts';
import type { TopicName } from './topic-names.ts';

/** `batch-submit help <topic>` */
export function topicPage(name: TopicName): HelpPage {
  return TOPICS[name]();
}

const TOPICS: Readonly<Record<TopicName, () => HelpPage>> = {
  environment: () => ({
    title: 'Environment and settings',
    summary:
      'Every setting is a flag, a variable and a key of the settings file. The strongest place that names one decides.',
    usage: [],
    text: [
      'Flags come before variables of the environment, these before .env, .env before batch-submit.config.json, and that before the default. `batch-submit config` shows each value and where it came from.',
      'Node looks for the file of --env-file before this program starts: where it is not there, Node ends with exit code 9, and with --cwd it has to be named by its whole path.',
      'Only the working directory is looked into for .env and for batch-submit.config.json. A .env sets the key and settings, never where the key is sent or which program is started: --base-url and --via-mcp are flags or variables of the real environment.',
    ],
    sections: [
      {
        title: 'Key',
        rows: [
          { term: 'GEMINI_API_KEY', text: 'the API key' },
          { term: 'GOOGLE_API_KEY', text: 'the same; two different keys at once are an error' },
        ],
      },
      {
        title: 'Settings',
        rows: SETTINGS.map(({ name, description, fallback }) => ({
          term: variableOf(name),
          text: fallback === undefined ? description : `${description} (default ${fallback})`,
        })),
      },
      {
        title: 'Colour and network',
        rows: [
          { term: 'NO_COLOR', text: 'when it is not empty, no colour' },
          {
            term: 'FORCE_COLOR',
            text: 'when it is not empty, colour even when piped; 0 for none. Stronger than NO_COLOR',
          },
          { term: 'TERM=dumb', text: 'no colour and nothing that moves' },
          { term: 'NODE_EXTRA_CA_CERTS', text: 'file with the certificate of a proxy of your company' },
        ],
      },
    ],
    examples: [
      ['batch-submit config', 'every setting and its origin'],
      ['BATCH_SUBMIT_POLL=30s batch-submit run', 'for one run'],
    ],
    more: [],
  }),
  'exit-codes': () => ({
    title: 'Exit codes',
    summary: 'Scripts may rely on these: their meaning does not change.',
    usage: [],
    text: [],
    sections: [
      {
        title: 'Codes',
        rows: EXIT_MEANINGS.map(({ code, meaning, script }) => ({
          term: String(code),
          text: `${meaning}: ${script}`,
        })),
      },
    ],
    examples: [
      ['until batch-submit -q; do [ $? -eq 5 ] || break; sleep 900; done', 'come back while quota lasts'],
    ],
    more: [['batch-submit help errors', 'the errors behind the codes']],
  }),
  formats: () => ({
    title: 'Formats',
    summary: 'Results go to stdout, everything else to stderr.',
    usage: [],
    text: [
      'On a terminal there are aligned columns and marks; a live area at the bottom shows how far a run is.',
      'Piped, each record is one line with tabs between its fields, and nothing moves. While a run waits, a line each minute on stderr says so.',
      'With --json, short commands print one document. Long ones print an event a line, the same as in the log, ending in run_finished. An error is one JSON line on stderr. schemaVersion is 1; fields may be added, so unknown ones are to be ignored. The schemas are in the package, in docs/schema/.',
    ],
    sections: [
      {
        title: 'Fields when piped',
        rows: COMMANDS.flatMap(({ name, fields }) =>
          fields === undefined ? [] : [{ term: name, text: fields.join(' | ') }],
        ),
      },
      {
        title: 'Documents of --json',
        rows: COMMANDS.filter(({ prints }) => prints.length > 0).map(({ name, prints }) => ({
          term: name,
          text: prints.map((document) => `${document}.schema.json`).join(', '),
        })),
      },
    ],
    examples: [
      ['batch-submit 2>/dev/null | wc -l', 'how many batches were submitted'],
      ['batch-submit status --json | jq .counts', 'one document'],
      ['batch-submit run --json | jq -r \'select(.type == "batch_created").job\'', 'one event a line'],
    ],
    more: [],
  }),
  errors: () => ({
    title: 'Errors',
    summary: 'Every error says what could not be done, the fact, and the next command.',
    usage: [],
    text: ['The code is shown with -v and in --json.'],
    sections: [
      {
        title: 'Codes',
        rows: Object.entries(ERROR_MEANINGS).map(([code, { meaning, remedy }]) => ({
          term: code,
          text: `${meaning}; ${remedy}`,
        })),
      },
    ],
    examples: [],
    more: [['batch-submit help exit-codes', 'how scripts tell them apart']],
  }),
};
