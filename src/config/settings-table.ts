/** How a value is written, and so what is accepted. Durations become milliseconds. */
type SettingKind = 'string' | 'path' | 'duration' | 'count' | 'amount' | 'choice' | 'url';

/** Where a value may come from, strongest first. */
export type SettingSource = 'flag' | 'environment' | 'env_file' | 'config_file';

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
 */
export type CommandGroup = 'state' | 'input' | 'service' | 'submit' | 'wait' | 'results' | 'prices';

/** One setting: a flag `--<name>`, a variable and a key of the configuration file. */
export interface Setting {
  readonly name: SettingName;
  readonly kind: SettingKind;
  /** As a user would write it; `undefined` when there is none. */
  readonly fallback: string | undefined;
  readonly placeholder: string;
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
  | 'model'
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
  | 'api-key-file';

const EVERYWHERE: readonly SettingSource[] = ['flag', 'environment', 'env_file', 'config_file'];
/** A file that came with a folder must not be able to send the key to another host. */
const NOT_FROM_A_FILE: readonly SettingSource[] = ['flag', 'environment'];

/** Every setting there is, in the order in which they are listed to a user. */
export const SETTINGS: readonly Setting[] = [
  {
    name: 'input',
    kind: 'path',
    fallback: 'batches',
    placeholder: '<dir>',
    description: 'folder with the numbered .jsonl files',
    groups: ['input'],
    sources: EVERYWHERE,
  },
  {
    name: 'pattern',
    kind: 'string',
    fallback: undefined,
    placeholder: '<pattern>',
    description:
      'names of the input files, such as batch_{batch}_proper.jsonl (default: any numbered .jsonl)',
    groups: ['input'],
    sources: EVERYWHERE,
  },
  {
    name: 'output',
    kind: 'path',
    fallback: 'batch_results',
    placeholder: '<dir>',
    description: 'folder for the results',
    groups: ['results'],
    sources: EVERYWHERE,
  },
  {
    name: 'state',
    kind: 'path',
    fallback: 'batch_submission_state.json',
    placeholder: '<file>',
    description: 'what is known of every batch',
    groups: ['state'],
    sources: EVERYWHERE,
  },
  {
    name: 'log',
    kind: 'path',
    fallback: 'batch_submission_log.jsonl',
    placeholder: '<file>',
    description: 'what happened, one JSON object a line',
    groups: ['state'],
    sources: EVERYWHERE,
  },
  {
    name: 'report',
    kind: 'path',
    fallback: 'batch_submission_final_report.json',
    placeholder: '<file>',
    description: 'where the final report is written',
    groups: ['results'],
    sources: EVERYWHERE,
  },
  {
    name: 'model',
    kind: 'string',
    fallback: 'gemini-2.5-flash',
    placeholder: '<id>',
    description: 'model that answers the requests',
    groups: ['submit'],
    sources: EVERYWHERE,
  },
  {
    name: 'display-name',
    kind: 'string',
    fallback: undefined,
    placeholder: '<template>',
    description: 'name of each job, such as refinement_batch_{batch}; a mark that finds it again is added',
    groups: ['submit'],
    sources: EVERYWHERE,
  },
  {
    name: 'concurrency',
    kind: 'count',
    fallback: undefined,
    placeholder: '<n>',
    description: 'files in flight at once, 1 to 32 (default: 8, or 16 when none is larger than 8 MB)',
    groups: ['submit', 'results'],
    sources: EVERYWHERE,
    least: 1,
    most: 32,
  },
  {
    name: 'max-active-jobs',
    kind: 'count',
    fallback: undefined,
    placeholder: '<n>',
    description: 'jobs under way at once (default: the documented 100, or fewer where a 429 teaches that)',
    groups: ['submit'],
    sources: EVERYWHERE,
    least: 1,
    most: 1_000_000,
  },
  {
    name: 'token-limit',
    kind: 'amount',
    fallback: undefined,
    placeholder: '<n>',
    description: 'tokens of all unfinished jobs of the model, such as 3M (default: learnt from 429s)',
    groups: ['submit'],
    sources: EVERYWHERE,
    least: 1,
  },
  {
    name: 'tier',
    kind: 'choice',
    fallback: undefined,
    placeholder: '<n>',
    description: "your project's usage tier, which sets both limits: 1, 2 or 3",
    groups: ['submit'],
    sources: EVERYWHERE,
    choices: ['1', '2', '3'],
  },
  {
    name: 'rate-limit-wait',
    kind: 'duration',
    fallback: '180s',
    placeholder: '<time>',
    description: 'pause after a 429 that names no longer one',
    groups: ['service'],
    sources: EVERYWHERE,
  },
  {
    name: 'retry-delay',
    kind: 'duration',
    fallback: '1s',
    placeholder: '<time>',
    description: 'first pause after a fault; it doubles up to 60s',
    groups: ['service'],
    sources: EVERYWHERE,
  },
  {
    name: 'max-retries',
    kind: 'count',
    fallback: '5',
    placeholder: '<n>',
    description: 'faults forgiven for each call; rate limits are not faults',
    groups: ['service'],
    sources: EVERYWHERE,
    least: 0,
    most: 1000,
  },
  {
    name: 'max-wait',
    kind: 'duration',
    fallback: undefined,
    placeholder: '<time>',
    description: 'give up waiting for quota after this long (default: never)',
    groups: ['service'],
    sources: EVERYWHERE,
  },
  {
    name: 'pause',
    kind: 'duration',
    fallback: '0s',
    placeholder: '<time>',
    description: 'rest between two creates',
    groups: ['submit'],
    sources: EVERYWHERE,
  },
  {
    name: 'settle',
    kind: 'duration',
    fallback: '10m',
    placeholder: '<time>',
    description: 'how long a create whose answer was lost is looked up before its outcome is called unknown',
    groups: ['submit'],
    sources: EVERYWHERE,
  },
  {
    name: 'on-ambiguous',
    kind: 'choice',
    fallback: 'wait',
    placeholder: '<policy>',
    description: 'what is done about an unknown outcome: wait, quarantine or resubmit',
    groups: ['submit'],
    sources: EVERYWHERE,
    choices: ['wait', 'quarantine', 'resubmit'],
  },
  {
    name: 'poll',
    kind: 'duration',
    fallback: '60s',
    placeholder: '<time>',
    description: 'how often running jobs are asked for',
    groups: ['wait'],
    sources: EVERYWHERE,
    least: 10,
  },
  {
    name: 'timeout',
    kind: 'duration',
    fallback: undefined,
    placeholder: '<time>',
    description: 'stop following jobs after this long (default: never)',
    groups: ['wait'],
    sources: EVERYWHERE,
  },
  {
    name: 'prices',
    kind: 'path',
    fallback: undefined,
    placeholder: '<file>',
    description: 'prices of your own, per million tokens, before the built-in ones',
    groups: ['prices'],
    sources: EVERYWHERE,
  },
  {
    name: 'base-url',
    kind: 'url',
    fallback: 'https://generativelanguage.googleapis.com',
    placeholder: '<url>',
    description: 'where the API is; a flag or a real environment variable only, never .env or a file',
    groups: ['service'],
    sources: NOT_FROM_A_FILE,
  },
  {
    name: 'api-key-file',
    kind: 'path',
    fallback: undefined,
    placeholder: '<file>',
    description: 'file that holds the API key; - reads standard input',
    groups: ['service'],
    sources: EVERYWHERE,
  },
];

/** `rate-limit-wait` ⇒ `BATCH_SUBMIT_RATE_LIMIT_WAIT`. */
export function variableOf(name: string): string {
  return `BATCH_SUBMIT_${name.toUpperCase().replaceAll('-', '_')}`;
}
