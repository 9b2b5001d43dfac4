import type { CommandSpec } from '../command-spec.ts';
import { settingsOf } from '../help/command-page.ts';
import { COMMANDS } from '../table/command-table.ts';
import { GLOBAL_FLAGS } from '../table/global-flags.ts';

/** A flag as completion sees it. */
export interface KnownFlag {
  /** `dry-run` */
  readonly name: string;
  /** `-n` and `--dry-run` */
  readonly spellings: readonly string[];
  /** `<set>`; absent for a flag without a value. */
  readonly placeholder: string | undefined;
  readonly description: string;
}

/** A command line that is being typed, up to the cursor. */
export interface TypedLine {
  /** Absent while no command was typed: then it may be one, or the default command. */
  readonly command: CommandSpec | undefined;
  readonly isHelp: boolean;
  readonly operands: readonly string[];
  /** Values that were given, by the flag's name. */
  readonly values: ReadonlyMap<string, string>;
  /** The flag whose value the cursor is in. */
  readonly open: KnownFlag | undefined;
  /** The word at the cursor, or what stands after the `=` in it. */
  readonly current: string;
  /** `--only=` where the value is typed in the same word. */
  readonly prefix: string;
}

/** Never throws: half a line is what it is for. */
export function readTypedLine(words: readonly string[]): TypedLine {
  const joined = joinEquals(words);
  const last = joined.at(-1) ?? '';
  const operands: string[] = [];
  const values = new Map<string, string>();
  let command: CommandSpec | undefined;
  let isHelp = false;
  let open: KnownFlag | undefined;
  for (const word of joined.slice(0, -1)) {
    if (open !== undefined) {
      values.set(open.name, word);
      open = undefined;
    } else if (word.startsWith('-')) {
      const [spelling, value] = splitOnce(word);
      const flag = flagsOf(command).find(({ spellings }) => spellings.includes(spelling));
      if (flag !== undefined && value !== undefined) values.set(flag.name, value);
      else if (flag?.placeholder !== undefined) open = flag;
    } else if (command === undefined && operands.length === 0 && word === 'help') isHelp = true;
    else {
      const spec = isHelp || operands.length > 0 ? undefined : COMMANDS.find(({ name }) => name === word);
      if (command === undefined && spec !== undefined) command = spec;
      else operands.push(word);
    }
  }
  const [spelling = '', value] = last.startsWith('--') ? splitOnce(last) : [''];
  if (value === undefined) return { command, isHelp, operands, values, open, current: last, prefix: '' };
  const flag = flagsOf(command).find(({ spellings }) => spellings.includes(spelling));
  return { command, isHelp, operands, values, open: flag, current: value, prefix: `${spelling}=` };
}

/** The flags that may follow. */
export function flagsOf(command: CommandSpec | undefined): readonly KnownFlag[] {
  const spec = command ?? COMMANDS[0];
  const own = spec === undefined ? [] : spec.flags;
  const settings = spec === undefined ? [] : settingsOf(spec);
  return [
    ...[...own, ...GLOBAL_FLAGS, { flags: '-h, --help', description: 'help on the command' }].map(
      ({ flags, description }) => knownFlag(flags, description),
    ),
    ...settings.map(({ name, placeholder, description }) =>
      knownFlag(`--${name} ${placeholder}`, description),
    ),
  ];
}

function knownFlag(flags: string, description: string): KnownFlag {
  const spellings = flags.match(/--?[a-zA-Z][a-z-]*/g) ?? [];
  const name = /--([a-z-]+)/.exec(flags)?.[1] ?? '';
  // A value in square brackets may be left out, and then the next word is not it.
  return { name, spellings, placeholder: /<[^>]+>/.exec(flags)?.[0], description };
}

/** bash takes `=` for a word of its own: `--only`, `=`, `3` is one word to everybody else. */
function joinEquals(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  let glue = false;
  for (const word of words) {
    const before = joined.at(-1);
    if ((glue || word === '=') && before?.startsWith('--') === true) joined.splice(-1, 1, `${before}${word}`);
    else joined.push(word);
    glue = word === '=';
  }
  return joined;
}

function splitOnce(word: string): readonly [string, string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}
