import { access } from 'node:fs/promises';
import { ERROR_MEANINGS } from '../../src/cli/help/error-meanings.ts';
import { settingsOf } from '../../src/cli/help/command-page.ts';
import { COMMANDS } from '../../src/cli/table/command-table.ts';
import { GLOBAL_FLAGS } from '../../src/cli/table/global-flags.ts';
import { variableOf } from '../../src/config/setting.ts';
import { SETTINGS } from '../../src/config/settings-table.ts';
import { ROOT } from '../house/source-files.ts';
import { faultIn } from './command-lines.ts';
import type { Page } from './markdown.ts';
import manifest from '../../package.json' with { type: 'json' };

/** What the names in pages are held against. */
export interface Known {
  /** Of every module of `src/`, in one text. */
  readonly source: string;
  /** `--rounds` and its like: flags of the programs beside this one, such as the bench. */
  readonly otherFlags: ReadonlySet<string>;
}

/** Pages that speak of other programs, too. */
const OF_OTHER_PROGRAMS = /^(CONTRIBUTING|docs\/(probe|performance|emulator|decisions\/.*))\.md$/;

const FLAGS: ReadonlySet<string> = new Set(
  [
    '--help --version --no-env-file',
    ...GLOBAL_FLAGS.map(({ flags }) => flags),
    ...COMMANDS.flatMap((spec) => [
      ...spec.flags.map(({ flags }) => flags),
      ...settingsOf(spec).map(({ name }) => `--${name}`),
    ]),
  ].flatMap((flags) => flagsIn(flags)),
);
const NAMES: ReadonlySet<string> = new Set(COMMANDS.map(({ name }) => name));
const VARIABLES: ReadonlySet<string> = new Set(SETTINGS.map(({ name }) => variableOf(name)));
const BASES = SETTINGS.flatMap(({ fallback, kind }) =>
  kind === 'path' && fallback?.includes('.') === true ? [fallback] : [],
);

/** Names in inline code and in blocks that look like ours and are of nothing, each with its line. */
export async function unknownNames(page: Page, known: Known): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const { line, text } of page.spans) {
    const isOther = OF_OTHER_PROGRAMS.test(page.path) || /^(npm|node|curl) /.test(text);
    const unknown = [
      ...flagsIn(text).filter((flag) => !FLAGS.has(flag) && !(isOther && known.otherFlags.has(flag))),
      ...unknownAnywhere(text),
      ...all(text, /\bE_[A-Z_]+\b/g).filter((code) => !(code in ERROR_MEANINGS)),
      ...(await unknownFiles(text, known)),
    ];
    const fault = await faultInCall(text);
    if (fault !== undefined) unknown.push(fault);
    faults.push(...unknown.map((name) => `${page.path}:${line} ${name}`));
  }
  for (const { line, text } of page.blocks.flatMap(({ lines }) => lines))
    faults.push(...unknownAnywhere(text).map((name) => `${page.path}:${line} ${name}`));
  return faults;
}

/** What has the same look wherever it stands: variables, and scripts of this repository. */
function unknownAnywhere(text: string): readonly string[] {
  return [
    ...all(text, /\bBATCH_SUBMIT_[A-Z_]*[A-Z]\b/g).filter((name) => !VARIABLES.has(name)),
    ...all(text, /(?<=\bnpm run )[\w:]+/g).filter((name) => !(name in manifest.scripts)),
  ];
}

/** Of `batch-submit run`, or of `retry --status lost`, where the program is not named. */
async function faultInCall(text: string): Promise<string | undefined> {
  const [first = '', ...rest] = text.split(' ');
  const isNamed = first === 'batch-submit';
  if (/[[\]<>;|$']/.test(text) || !(isNamed || (rest.length > 0 && NAMES.has(first)))) return undefined;
  const fault = await faultIn(isNamed ? rest : [first, ...rest]);
  // In a sentence a flag may stand without its value.
  return fault !== undefined && /argument missing|required argument/.test(fault) ? undefined : fault;
}

export function flagsIn(text: string): readonly string[] {
  return all(text, /(?<![\w-])--[a-z][a-z-]*/g);
}

/** Files of the repository, and files that the program writes beside a state or into its results. */
async function unknownFiles(text: string, { source }: Known): Promise<readonly string[]> {
  const paths = all(text, /^(?:src|docs|test|fixtures|bench)\/[\w./-]+$/g);
  const isThere = await Promise.all(
    paths.map((path) =>
      access(`${ROOT}${path}`).then(
        () => true,
        () => false,
      ),
    ),
  );
  const written = all(text, /(?<![\w/.-])(?:batch_submission|merged)[\w.-]*\.jsonl?[\w.]*/g);
  return [
    ...paths.filter((_, index) => isThere[index] === false),
    ...written.filter((name) => !isWritten(name, source)),
  ];
}

/** `…state.json.bak` is a default and a suffix that stands in the code; of kept copies each has a number. */
function isWritten(name: string, source: string): boolean {
  const base = BASES.find((one) => name.startsWith(one));
  if (base === undefined) return source.includes(name.replace(/-\d+(?=\.)/, ''));
  const suffix = name.slice(base.length);
  return suffix === '' || source.includes(`${suffix}\``) || source.includes(`${suffix}'`);
}

function all(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([match]) => match);
}
