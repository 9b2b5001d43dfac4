import { Command, CommanderError } from 'commander';
import type { CommandSpec, FlagSpec } from './command-spec.ts';
import { commandPage, describeSetting, rootPage, settingsOf } from './help/command-page.ts';
import type { HelpPage } from './help/page.ts';
import { TOPIC_SUMMARIES } from './help/topic-names.ts';
import type { CliIo } from './io.ts';
import { COMMANDS } from './table/command-table.ts';
import { GLOBAL_FLAGS } from './table/global-flags.ts';

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
 * @throws {BatchSubmitError} `E_USAGE` for an unknown command, flag or topic, with the nearest one
 */
export async function parseCommandLine(io: CliIo, version: string): Promise<Parsed> {
  const chosen: Extract<Parsed, { kind: 'command' }>[] = [];
  let topic: string | undefined;
  let verbosity = 0;
  const program = new Command('batch-submit')
    .version(version, '-V, --version', 'print the version')
    .helpCommand(false);
  const textOf = await helpPrinter(io);
  setUp(program, io, () => textOf(rootPage()));
  for (const { flags, description } of GLOBAL_FLAGS) program.option(flags, description);
  program.on('option:verbose', () => (verbosity += 1));

  for (const spec of COMMANDS) {
    const command = program.command(spec.name, {
      isDefault: spec.name === 'submit',
      hidden: spec.isHidden === true,
    });
    // Of the default command it is told below, because its first operand may have been meant as a command.
    command.allowExcessArguments(spec.name === 'submit');
    // Some hundred flags of commands that nobody asked for would cost a tenth of the start.
    if (spec.name !== 'submit' && !io.argv.includes(spec.name)) continue;
    setUp(command, io, () => textOf(commandPage(spec)));
    for (const { name, description } of spec.operands) command.argument(name, description);
    for (const setting of settingsOf(spec))
      command.option(`--${setting.name} ${setting.placeholder}`, describeSetting(setting));
    for (const flag of spec.flags) addFlag(command, flag);
    command.action(() => {
      // `--no-input` (never ask) and `--input <dir>` are two flags to us and one to commander.
      const { input, ...globals } = program.opts();
      const asked = { ...globals, noInput: input === false, trace: verbosity > 1 };
      chosen.push({
        kind: 'command',
        spec,
        operands: command.args,
        flags: byLongName({ ...asked, ...command.opts() }),
      });
    });
  }
  const help = program.command('help [topic]').action((word?: string) => {
    topic = word ?? '';
  });
  setUp(help, io, () => textOf(rootPage()));
  try {
    await program.parseAsync([...io.argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'printed' };
    const { usageError } = await import('./usage-errors.ts');
    throw usageError(error, io.argv);
  }
  if (topic !== undefined) {
    io.stdout.write(textOf(await pageOn(topic)));
    return { kind: 'printed' };
  }
  const [parsed] = chosen;
  if (parsed === undefined) return { kind: 'printed' };
  if (parsed.spec.name === 'submit' && parsed.operands.length > 0) {
    const { refuseOperands } = await import('./usage-errors.ts');
    refuseOperands(parsed.operands);
  }
  return parsed;
}

/** Commander throws instead of exiting, and prints errors nowhere: `main.ts` does that in one place. */
function setUp(command: Command, io: CliIo, help: () => string): void {
  command
    .exitOverride()
    .helpOption('-h, --help', 'show help')
    .configureHelp({ formatHelp: help })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stdout.write(text),
      outputError: () => undefined,
    });
}

/** A command, a topic, or everything for an empty word. */
async function pageOn(word: string): Promise<HelpPage> {
  if (word === '' || word === 'help') return rootPage();
  const spec = COMMANDS.find(({ name }) => name === word);
  if (spec !== undefined) return commandPage(spec);
  const topic = TOPIC_SUMMARIES.find(([name]) => name === word)?.[0];
  if (topic === undefined) {
    const { unknownTopic } = await import('./usage-errors.ts');
    throw unknownTopic(word);
  }
  const { topicPage } = await import('./help/topics.ts');
  return topicPage(topic);
}

/** Loaded only where somebody asks for help, however that is written. */
async function helpPrinter(io: CliIo): Promise<(page: HelpPage) => string> {
  if (!io.argv.some((word) => word === 'help' || word === '--help' || /^-[A-Za-z]*h/.test(word)))
    return () => '';
  const { pageText } = await import('./help/page-text.ts');
  return (page) => pageText(io, page);
}

function addFlag(command: Command, { flags, description, isRepeatable }: FlagSpec): void {
  if (isRepeatable !== true) command.option(flags, description);
  else
    command.option(flags, description, (value: string, before?: string) =>
      before === undefined ? value : `${before},${value}`,
    );
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
