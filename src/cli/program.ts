import { Command, CommanderError } from 'commander';
import { nearest } from '../model/nearest.ts';
import { SETTINGS } from '../config/settings-table.ts';
import type { Setting } from '../config/setting.ts';
import { BatchSubmitError } from '../model/errors.ts';
import type { CommandSpec, FlagSpec } from './command-spec.ts';
import { COMMANDS } from './table/command-table.ts';
import { GLOBAL_FLAGS, ROOT_EXAMPLES } from './table/global-flags.ts';
import type { CliIo } from './io.ts';

/** What the command line asks for. `help` and `version` have been printed already. */
export type Parsed =
  | { readonly kind: 'printed' }
  | {
      readonly kind: 'command';
      readonly spec: CommandSpec;
      readonly operands: readonly string[];
      readonly flags: Readonly<Record<string, string | boolean | undefined>>;
    };

/**
 * Reads the command line.
 * @throws {BatchSubmitError} `E_USAGE` for an unknown command or flag, with the nearest one
 */
export async function parseCommandLine(io: CliIo, version: string): Promise<Parsed> {
  const chosen: Extract<Parsed, { kind: 'command' }>[] = [];
  const program = new Command('batch-submit')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .usage('[from] [to] [flags]\n       batch-submit <command> [flags]')
    .description(
      'Submits numbered JSONL batches to the Gemini Batch API exactly once, and collects every result.',
    )
    .addHelpText('after', examplesText(ROOT_EXAMPLES))
    .helpCommand('help [command]', 'help on a command')
    .configureHelp({ showGlobalOptions: false });
  quieten(program, io);
  program.optionsGroup('Global flags:');
  for (const { flags, description } of GLOBAL_FLAGS) program.option(flags, description);

  for (const spec of COMMANDS) {
    const command = program.command(spec.name, { isDefault: spec.name === 'submit' });
    command.helpGroup(`${spec.heading}:`).summary(spec.summary).description(capitalized(spec.summary));
    command.addHelpText('after', examplesText(spec.examples)).allowExcessArguments(false);
    quieten(command, io);
    for (const { name, description } of spec.operands) command.argument(name, description);
    for (const setting of settingsOf(spec))
      command.option(`--${setting.name} ${setting.placeholder}`, describe(setting));
    for (const flag of spec.flags) addFlag(command, flag);
    command.action(() => {
      // `--no-input` (never ask) and `--input <dir>` are two flags to us and one to commander.
      const { input, ...globals } = program.opts();
      const flags = byLongName({ ...globals, noInput: input === false, ...command.opts() });
      chosen.push({ kind: 'command', spec, operands: command.args, flags });
    });
  }
  try {
    await program.parseAsync([...io.argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'printed' };
    throw usageError(error, io.argv);
  }
  const [parsed] = chosen;
  if (parsed === undefined) return { kind: 'printed' };
  if (parsed.spec.name === 'submit') refuseUnknownCommand(parsed.operands);
  return parsed;
}

function settingsOf(spec: CommandSpec): readonly Setting[] {
  const own = new Set(spec.flags.map(({ flags }) => /--([a-z-]+)/.exec(flags)?.[1]));
  return SETTINGS.filter(
    ({ name, groups }) =>
      groups.some((group) => spec.settings.includes(group)) &&
      spec.without?.includes(name) !== true &&
      !own.has(name),
  );
}

function describe(setting: Setting): string {
  return setting.fallback === undefined
    ? setting.description
    : `${setting.description} (default ${setting.fallback})`;
}

/** Commander throws instead of exiting, and prints errors nowhere: `main.ts` does that in one place. */
function quieten(command: Command, io: CliIo): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => void io.stdout.write(text),
    writeErr: (text) => void io.stdout.write(text),
    outputError: () => undefined,
    getOutHelpWidth: () => io.stdout.columns ?? 80,
  });
}

function addFlag(command: Command, { flags, description, isRepeatable }: FlagSpec): void {
  if (isRepeatable !== true) command.option(flags, description);
  else
    command.option(flags, description, (value: string, before?: string) =>
      before === undefined ? value : `${before},${value}`,
    );
}

/** A first operand that is not a number was meant as a command. */
function refuseUnknownCommand(operands: readonly string[]): void {
  const [first] = operands;
  if (first === undefined || /^[\d-]/.test(first)) return;
  const names = new Set([...COMMANDS.map(({ name }) => name), 'help']);
  if (names.has(first)) {
    throw new BatchSubmitError(
      'E_USAGE',
      `Cannot read the command line: "${first}" must come before its flags`,
      {
        hint: `write \`batch-submit ${first} …\``,
      },
    );
  }
  const meant = nearest(first, [...names]);
  throw new BatchSubmitError('E_USAGE', `Unknown command "${first}"`, {
    hint:
      meant === undefined
        ? 'run `batch-submit --help` for the list'
        : `did you mean \`batch-submit ${meant}\`?`,
  });
}

function usageError(error: CommanderError, argv: readonly string[]): BatchSubmitError {
  const [fact, suggestion] = error.message
    .replace(/^error: /, '')
    .replace(/\.$/, '')
    .split('\n');
  const meant = /Did you mean (?:one of )?(.+)\?\)/.exec(suggestion ?? '')?.[1];
  const command = argv.find((word) => COMMANDS.some(({ name }) => name === word));
  const help = ['batch-submit', command, '--help'].filter((word) => word !== undefined).join(' ');
  return new BatchSubmitError('E_USAGE', capitalized((fact ?? '').replaceAll("'", '"')), {
    hint: meant === undefined ? `run \`${help}\`` : `did you mean \`${meant}\`?`,
    cause: error,
  });
}

/** `dryRun` ⇒ `dry-run`: flags keep the names that users type. */
function byLongName(
  options: Readonly<Record<string, unknown>>,
): Record<string, string | boolean | undefined> {
  const entries = Object.entries(options).map(([name, value]): [string, string | boolean | undefined] => [
    name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    typeof value === 'string' || typeof value === 'boolean' ? value : undefined,
  ]);
  return Object.fromEntries(entries);
}

function examplesText(examples: readonly (readonly [string, string])[]): string {
  const width = Math.max(...examples.map(([command]) => command.length));
  return [
    '',
    'Examples:',
    ...examples.map(([command, meaning]) => `  $ ${command.padEnd(width)}   ${meaning}`),
  ].join('\n');
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
