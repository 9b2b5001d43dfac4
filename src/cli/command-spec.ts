import type { CommandGroup, SettingName } from '../config/setting.ts';
import type { DocumentName } from '../documents/document-name.ts';
import type { Invocation } from './invocation.ts';

/** A flag that belongs to a command and is not a setting. */
export interface FlagSpec {
  /** As commander writes it: `-n, --dry-run` or `--only <set>`. */
  readonly flags: string;
  readonly description: string;
  /** May be given several times; the values are joined with commas. */
  readonly isRepeatable?: boolean;
}

export interface OperandSpec {
  /** As commander writes it: `[from]`. */
  readonly name: string;
  readonly description: string;
}

/** A command is data: help, completion and the parser are all made from it. */
export interface CommandSpec {
  readonly name: string;
  readonly heading: 'Submit' | 'Prepare' | 'Inspect' | 'Results' | 'Refine' | 'Set up';
  readonly summary: string;
  /** Left out of every list: only programs call it. */
  readonly isHidden?: boolean;
  /** Paragraphs that follow the summary in its help. */
  readonly text?: readonly string[];
  readonly operands: readonly OperandSpec[];
  readonly settings: readonly CommandGroup[];
  /** Settings of those groups that this command does not take. */
  readonly without?: readonly SettingName[];
  readonly flags: readonly FlagSpec[];
  /** With --json: true streams events, one a line; false prints one document. */
  readonly isLong?: boolean;
  /** The fields of a record when it is piped. */
  readonly fields?: readonly string[];
  /** What its `--json` prints. */
  readonly prints: readonly DocumentName[];
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  /** Loads the handler, so that `--help` does not pay for it. */
  readonly load: () => Promise<CommandHandler>;
}

/** Does the work and returns the exit code. */
export type CommandHandler = (invocation: Invocation) => Promise<number>;
