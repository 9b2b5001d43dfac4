import type { BatchSelection } from '../model/batch-set.ts';
import { parseOnly, parseRange } from '../model/batch-set.ts';
import { BatchSubmitError } from '../model/errors.ts';
import type { CliIo } from './io.ts';
import type { Progress } from '../model/progress.ts';
import type { Printer } from './output/printer.ts';

/** One parsed command line, before any setting is resolved. */
export interface Invocation {
  readonly io: CliIo;
  readonly command: string;
  readonly version: string;
  /** With --json: whether the command streams events or prints one document. */
  readonly isLong: boolean;
  readonly operands: readonly string[];
  /** Flags by their long name (`dry-run`); a flag without a value is `true`. */
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  /** Opens what shows events and results: the command line and the library each have printers of their own. */
  readonly openPrinter: OpenPrinter;
  /** Settings by name where they do not come as flags; how errors call them is `settings.<camelCase>`. */
  readonly settings?: Readonly<Record<string, string | undefined>> | undefined;
  /** Loads the MCP server, which is built on the commands; absent where none is to be served. */
  readonly loadMcp?: (() => Promise<(invocation: Invocation) => Promise<number>>) | undefined;
}

/**
 * `scrub` removes secrets from a text; it knows the key once that was found. `progress` tells how far the run is, as
 * of now, where there is one.
 */
export type OpenPrinter = (
  invocation: Invocation,
  run: string,
  scrub: (text: string) => string,
  progress?: () => Progress,
) => Printer;

export function textFlag(invocation: Pick<Invocation, 'flags'>, name: string): string | undefined {
  const value = invocation.flags[name];
  return typeof value === 'string' ? value : undefined;
}

export function hasFlag(invocation: Pick<Invocation, 'flags'>, name: string): boolean {
  return invocation.flags[name] === true;
}

/** True for a command that another one runs on its way: what comes next is the other's to say. */
export function isStep(invocation: Pick<Invocation, 'flags'>): boolean {
  return hasFlag(invocation, 'step');
}

/** Reads `--limit 3` and its like. */
export function countFlag(invocation: Invocation, name: string): number | undefined {
  const text = textFlag(invocation, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) {
    throw new BatchSubmitError(
      'E_USAGE',
      `Cannot use --${name} "${text}": it is not a whole number from 1 on`,
      {
        hint: `write it as \`--${name} 1\``,
      },
    );
  }
  return Number(text);
}

/** `[from] [to]` and `--only` choose batches the same way in every command. */
export function selectionOf(invocation: Invocation): BatchSelection {
  const only = textFlag(invocation, 'only');
  const [from, to] = invocation.operands;
  if (only === undefined) return parseRange(from, to);
  if (from !== undefined) {
    throw new BatchSubmitError(
      'E_USAGE',
      `Cannot use --only ${only} together with the range "${[from, to].filter(Boolean).join(' ')}"`,
      {
        hint: 'give one of the two',
      },
    );
  }
  return parseOnly(only);
}
