import { BatchSubmitError } from '../../model/errors.ts';
import type { CommandHandler } from '../command-spec.ts';
import { EXIT } from '../exit-codes.ts';
import { hasFlag, type Invocation } from '../invocation.ts';

/** Steps that `import` can take first, each the command of its name. */
const STEPS: readonly (readonly [name: string, load: () => Promise<CommandHandler>])[] = [
  ['dedupe', async () => (await import('./dedupe.ts')).dedupeCommand],
  ['embed', async () => (await import('./embed.ts')).embedCommand],
];

/** What `import` itself is told by its flags; the steps share only the settings. */
const OWN_FLAGS: ReadonlySet<string> = new Set([
  'to',
  'into',
  'mapping',
  'allow',
  'without',
  'all',
  'with-embeddings',
  'backup',
  'no-backup',
  'dry-run',
  'dedupe',
  'embed',
]);

/**
 * Runs the steps that are asked for, in the order of the table, if `check` lets them. Their notes are shown; of documents the import prints
 * its own alone.
 * @returns the exit code of a step that did not end well: nothing is to be imported then
 * @throws {BatchSubmitError} `E_USAGE` with --dry-run, and what the steps throw
 */
export async function runStepsBefore(invocation: Invocation, check: () => Promise<unknown>): Promise<number> {
  const wanted = STEPS.filter(([name]) => hasFlag(invocation, name));
  const [first] = wanted[0] ?? [];
  if (first !== undefined && hasFlag(invocation, 'dry-run')) {
    throw new BatchSubmitError(
      'E_USAGE',
      `Cannot use --dry-run together with --${first}: the plan depends on what it finds`,
      {
        hint: `look at \`batch-submit ${first} --dry-run\` first`,
      },
    );
  }
  if (wanted.length > 0) await check();
  for (const [name, load] of wanted) {
    const handler = await load();
    const exitCode = await handler(stepOf(invocation, name));
    if (exitCode !== EXIT.ok) return exitCode;
  }
  return EXIT.ok;
}

function stepOf(invocation: Invocation, command: string): Invocation {
  const flags = Object.fromEntries(Object.entries(invocation.flags).filter(([name]) => !OWN_FLAGS.has(name)));
  return {
    ...invocation,
    command,
    operands: [],
    flags: { ...flags, step: true },
    openPrinter: (...parts) => ({ ...invocation.openPrinter(...parts), result: () => {} }),
  };
}
