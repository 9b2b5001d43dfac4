/** How a value is written, and so what is accepted. Durations become milliseconds. */
type SettingKind = 'string' | 'path' | 'duration' | 'count' | 'amount' | 'choice' | 'url' | 'command';

/** Where a value may come from, strongest first. */
export type SettingSource = 'flag' | 'environment' | 'env_file' | 'config_file';

export const EVERYWHERE: readonly SettingSource[] = ['flag', 'environment', 'env_file', 'config_file'];

/**
 * Which commands take the setting.
 *
 * | group | commands |
 * |---|---|
 * | `state` | every command that reads or writes the state |
 * | `input` | those that look at the input files |
 * | `service` | those that call the API |
 * | `submit` | submit, retry, run |
 * | `wait` | watch, run |
 * | `results` | those that save results |
 * | `prices` | those that say what was spent |
 * | `records` | those that make records of the results, or read them |
 * | `embedding` | embed |
 * | `database` | import and search |
 * | `mcp` | those that may work through an MCP server |
 */
export type CommandGroup =
  | 'state'
  | 'input'
  | 'service'
  | 'submit'
  | 'wait'
  | 'results'
  | 'prices'
  | 'mcp'
  | 'records'
  | 'embedding'
  | 'database';

/** Where help and reference list the setting. */
export type SettingSection = 'Files' | 'Jobs and quota' | 'Waits and retries' | 'Connection';

/** One setting: a flag `--<name>`, a variable and a key of the configuration file. */
export interface Setting {
  readonly name: SettingName;
  readonly section: SettingSection;
  readonly kind: SettingKind;
  /** As a user would write it; `undefined` when there is none. */
  readonly fallback: string | undefined;
  readonly placeholder: string;
  /** How an error shows a setting without a fallback written down; default the placeholder. */
  readonly example?: string;
  readonly description: string;
  readonly groups: readonly CommandGroup[];
  readonly sources: readonly SettingSource[];
  /** For counts the number itself, for durations milliseconds; both inclusive. */
  readonly least?: number;
  readonly most?: number;
  readonly choices?: readonly string[];
}

export type SettingName =
  | 'input'
  | 'pattern'
  | 'output'
  | 'state'
  | 'log'
  | 'report'
  | 'records'
  | 'database'
  | 'model'
  | 'embedding-model'
  | 'task-type'
  | 'dimensions'
  | 'display-name'
  | 'concurrency'
  | 'max-active-jobs'
  | 'token-limit'
  | 'tier'
  | 'rate-limit-wait'
  | 'retry-delay'
  | 'max-retries'
  | 'max-wait'
  | 'pause'
  | 'settle'
  | 'on-ambiguous'
  | 'poll'
  | 'timeout'
  | 'prices'
  | 'base-url'
  | 'via-mcp'
  | 'api-key-file';

/** `rate-limit-wait` ⇒ `rateLimitWait`, in programs. */
export function optionOf(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `rate-limit-wait` ⇒ `BATCH_SUBMIT_RATE_LIMIT_WAIT`. */
export function variableOf(name: string): string {
  return `BATCH_SUBMIT_${name.toUpperCase().replaceAll('-', '_')}`;
}
