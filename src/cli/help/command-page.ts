import { SETTINGS } from '../../config/settings-table.ts';
import type { Setting, SettingSection } from '../../config/setting.ts';
import type { CommandSpec, FlagSpec } from '../command-spec.ts';
import { COMMANDS } from '../table/command-table.ts';
import { GLOBAL_FLAGS, ROOT_EXAMPLES } from '../table/global-flags.ts';
import type { HelpPage, HelpRow, HelpSection } from './page.ts';
import { TOPIC_SUMMARIES } from './topic-names.ts';

const SECTIONS: readonly SettingSection[] = ['Files', 'Jobs and quota', 'Waits and retries', 'Connection'];

/** `batch-submit --help`: the commands in groups, then what holds for all of them. */
export function rootPage(): HelpPage {
  const headings = [...new Set(COMMANDS.map(({ heading }) => heading))];
  const groups = headings.map((heading) => ({
    title: heading,
    rows: COMMANDS.filter((spec) => spec.heading === heading && spec.isHidden !== true).map((spec) => ({
      term: [spec.name, ...spec.operands.map(({ name }) => name)].join(' '),
      text: spec.summary,
    })),
  }));
  return {
    title: 'batch-submit',
    summary:
      'Submits numbered JSONL batches to the Gemini Batch API exactly once, and collects every result.',
    usage: ['batch-submit [from] [to] [flags]', 'batch-submit <command> [flags]'],
    text: [],
    sections: [
      ...groups,
      { title: 'Topics', rows: TOPIC_SUMMARIES.map(([name, text]) => ({ term: `help ${name}`, text })) },
      {
        title: 'Global flags',
        rows: [
          ...GLOBAL_FLAGS.map((flag) => flagRow(flag)),
          { term: '-h, --help', text: 'help on the command' },
          { term: '-V, --version', text: 'print the version' },
        ],
      },
    ],
    examples: ROOT_EXAMPLES,
    more: [['batch-submit <command> --help', 'the flags of a command']],
  };
}

/** `batch-submit run --help` */
export function commandPage(spec: CommandSpec): HelpPage {
  const operands = spec.operands.map(({ name }) => name);
  const usage = ['batch-submit', spec.name, ...operands, '[flags]'].join(' ');
  return {
    title: `batch-submit ${spec.name}`,
    summary: `${capitalized(spec.summary)}.`,
    usage: spec.name === 'submit' ? ['batch-submit [from] [to] [flags]', usage] : [usage],
    text: spec.text ?? [],
    sections: [
      {
        title: 'Operands',
        rows: spec.operands.map(({ name, description }) => ({
          term: name.replaceAll(/[[\]<>.]/g, ''),
          text: description,
        })),
      },
      { title: 'Flags', rows: spec.flags.map((flag) => flagRow(flag)) },
      ...settingSections(settingsOf(spec)),
    ].filter(({ rows }) => rows.length > 0),
    examples: spec.examples,
    more: [['batch-submit --help', 'the global flags, such as --json and --cwd']],
  };
}

/** The settings that a command takes as flags. A flag of its own with the same name comes before a setting. */
export function settingsOf(spec: CommandSpec): readonly Setting[] {
  const own = new Set(spec.flags.map(({ flags }) => /--([a-z-]+)/.exec(flags)?.[1]));
  return SETTINGS.filter(
    ({ name, groups }) =>
      groups.some((group) => spec.settings.includes(group)) &&
      spec.without?.includes(name) !== true &&
      !own.has(name),
  );
}

export function describeSetting({ fallback, description }: Setting): string {
  return fallback === undefined ? description : `${description} (default ${fallback})`;
}

function settingSections(settings: readonly Setting[]): readonly HelpSection[] {
  return SECTIONS.map((section) => ({
    title: section,
    rows: settings
      .filter((setting) => setting.section === section)
      .map((setting) => ({
        term: `    --${setting.name} ${setting.placeholder}`,
        text: describeSetting(setting),
      })),
  }));
}

/** Long names stand below each other, whether there is a short one or not. */
function flagRow({ flags, description }: FlagSpec): HelpRow {
  return { term: flags.startsWith('--') ? `    ${flags}` : flags, text: description };
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
