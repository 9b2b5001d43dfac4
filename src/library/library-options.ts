import type { SettingName } from '../config/setting.ts';
import type { RunEvent } from '../model/run-event.ts';

/** `rate-limit-wait` ⇒ `rateLimitWait`. */
type CamelCase<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Name;

/**
 * Settings by the names of the configuration file, in camel case. Values are written as there: durations are text
 * such as `'180s'`, counts may be numbers.
 */
export type LibrarySettings = {
  readonly [Name in SettingName as CamelCase<Name>]?: string | number | undefined;
};

/** One event of a run, as `--json` prints it, told apart by its `type`. Events and fields may be added. */
export type LibraryEvent = AsPrinted<RunEvent>;

type AsPrinted<Event> = Event extends { readonly event: infer Type }
  ? {
      readonly schemaVersion: 1;
      readonly type: Type;
      /** ISO 8601 in UTC. */
      readonly time: string;
      /** The same in all events of one call. */
      readonly run: string;
    } & Omit<Event, 'event'>
  : never;

/** The last event of every run. */
export type FinishedEvent = Extract<LibraryEvent, { readonly type: 'run_finished' }>;

/** What every call takes. */
export interface CallOptions {
  /** Aborting it stops the call as Ctrl-C stops a run: what is begun is finished and saved. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each event, in order. What it throws is thrown by the call, once that has ended. */
  readonly onEvent?: ((event: LibraryEvent) => void) | undefined;
}

export interface LibraryOptions extends CallOptions {
  /** The folder to work in, as `--cwd` names it; default the working directory of the process. */
  readonly directory?: string | undefined;
  /** Comes before the environment, the key file and `.env`. */
  readonly apiKey?: string | undefined;
  /** Come before those of the environment, `.env` and the configuration file. */
  readonly settings?: LibrarySettings | undefined;
  /** Read in place of `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** A file of variables in place of `.env`, which must exist; `false`: none is read. */
  readonly envFile?: string | false | undefined;
  /** A file of settings in place of `batch-submit.config.json`, which must exist; `false`: none is read. */
  readonly configFile?: string | false | undefined;
}

/** One or more values: `'3,7,81-90'`, `3`, or `[3, 7, '81-90']`. */
export type Listed = string | number | readonly (string | number)[];

/** The batches that are meant; without any, all of them. */
export interface RangeOptions extends CallOptions {
  /** First batch; alone it means "from here to the last". */
  readonly from?: number | undefined;
  /** Last batch, inclusive. */
  readonly to?: number | undefined;
}

export interface ChoiceOptions extends RangeOptions {
  /** These batches, in place of a range. */
  readonly only?: Listed | undefined;
}

export interface DryRunOption {
  /** Plan only: sends and writes nothing. */
  readonly dryRun?: boolean | undefined;
}

interface SendOptions extends ChoiceOptions, DryRunOption {
  /** At most so many batches. */
  readonly limit?: number | undefined;
  /** Go on without the files that cannot be used. */
  readonly skipMissing?: boolean | undefined;
  /** Stop at the first batch that fails. */
  readonly failFast?: boolean | undefined;
  /** Submit even what another state has a job for. */
  readonly fresh?: boolean | undefined;
  /** Trust this key about creates that were sent with another one. */
  readonly acceptNewKey?: boolean | undefined;
}

export interface SubmitOptions extends SendOptions {
  /** So many batches first (`true`: one), and the others only if their answers are good. Needs `yes`. */
  readonly canary?: boolean | number | undefined;
  /** Go on after a canary that passed. */
  readonly yes?: boolean | undefined;
}

export interface RetryOptions extends SendOptions {
  /** Only batches that: `failed`, `expired`, `cancelled`; `missing` and `lost` must be named. */
  readonly status?: Listed | undefined;
  /** Only rows that are: `missing`, `error`, `truncated`, `blocked`, … */
  readonly reason?: Listed | undefined;
  /** No rows of collected batches. */
  readonly batchesOnly?: boolean | undefined;
  /** No whole batches. */
  readonly rowsOnly?: boolean | undefined;
  /** Send these batches again although the outcome of their create is unknown; a job that was made is paid too. */
  readonly forget?: Listed | undefined;
  /** Send a row at most so often; default 3. */
  readonly maxAttempts?: number | undefined;
}

export interface StatusOptions extends ChoiceOptions {
  /** Ask the API about the jobs that had not ended. */
  readonly refresh?: boolean | undefined;
  /** One entry for each batch. */
  readonly list?: boolean | undefined;
  /** Only entries of what failed or is uncertain. */
  readonly failed?: boolean | undefined;
  /** Let the exit code say 3, 6 or 8 for failed, unknown or running batches; else it is 0. */
  readonly exitCode?: boolean | undefined;
}

export interface DownloadOptions extends ChoiceOptions, DryRunOption {
  /** Fetch again, and replace what differs on disk. */
  readonly force?: boolean | undefined;
}

export interface ValidateOptions extends ChoiceOptions {
  /** Let warnings fail too. */
  readonly strict?: boolean | undefined;
}

export interface ReportOptions extends CallOptions, DryRunOption {
  /** Where to write it; default the setting `report`. */
  readonly output?: string | undefined;
  /** Write it as Markdown too, beside it. */
  readonly markdown?: boolean | undefined;
  /** Write it as a page too, beside it. */
  readonly html?: boolean | undefined;
}

export interface ParseOptions extends CallOptions, DryRunOption {
  /** Path of a JSON Schema of a record, in place of the refined pair. */
  readonly schema?: string | undefined;
  /** Fields whose texts are compared and embedded. */
  readonly fields?: Listed | undefined;
  /** Language that the records should be in, such as `'en'`, or `'any'`; default that of most. */
  readonly language?: string | undefined;
  /** Records that each answer should hold; default as its prompt says. */
  readonly perAnswer?: number | undefined;
}

export interface CancelOptions extends ChoiceOptions, DryRunOption {
  /** Only jobs that were made twice. */
  readonly duplicates?: boolean | undefined;
  /** Needed to cancel anything: nobody is asked. */
  readonly yes?: boolean | undefined;
}

export interface AdoptOptions extends CallOptions, DryRunOption {
  /** State files of the older script, logs, or JSON or CSV with job names. */
  readonly files?: readonly string[] | undefined;
  /** Batches and their jobs, such as `'81=batches/abc'`. */
  readonly job?: string | readonly string[] | undefined;
  /** Jobs of other tools by their display names, such as `'refinement_batch_{batch}'`. */
  readonly named?: string | undefined;
  /** Also where the state names another job. */
  readonly replace?: boolean | undefined;
  /** Ask the API whether each job exists. */
  readonly verify?: boolean | undefined;
  /** Needed to take over anything: nobody is asked. */
  readonly yes?: boolean | undefined;
}

interface SizeOptions {
  /** At most so many requests in a file. */
  readonly maxLines?: number | undefined;
  /** At most so large a file: bytes, or text such as `'500MB'`. */
  readonly maxBytes?: string | number | undefined;
  /** At most so many estimated tokens of text in a file. */
  readonly maxTokens?: number | undefined;
  /** Number of the first file that is made; default 1. */
  readonly numberFrom?: number | undefined;
}

export interface SplitOptions extends CallOptions, SizeOptions, DryRunOption {
  /** JSONL files, one request a line, of any size. */
  readonly files: readonly string[];
}

export interface MergeOptions extends ChoiceOptions, SizeOptions, DryRunOption {
  /** Folder for the packed files. */
  readonly into: string;
  /** At most so many files, of about the same size. */
  readonly jobs?: number | undefined;
  /** Turn each key into `<batch>-<key>`, so that no two are the same. */
  readonly prefixKeys?: boolean | undefined;
  /** Merge even what was submitted already. */
  readonly fresh?: boolean | undefined;
}

export interface DedupeOptions extends CallOptions, DryRunOption {
  /** Compare the texts of these fields; default those that `parse` named. */
  readonly fields?: string | readonly string[] | undefined;
  /** Share of their word pairs that two texts have in common, 0.5 to 1; default 0.8. */
  readonly threshold?: number | undefined;
  /** Compare vectors too, once there are any: least cosine, 0.8 to 1, or `true` for 0.97. */
  readonly cosine?: boolean | number | undefined;
}

export interface EmbedOptions extends CallOptions, Omit<SizeOptions, 'numberFrom'>, DryRunOption {
  /** Fields whose texts are embedded; default those that the records are compared by. */
  readonly fields?: Listed | undefined;
  /** Also records that were merged into another one. */
  readonly all?: boolean | undefined;
  /** Ask for up to 1000 texts at once, at twice the price of a batch. */
  readonly inline?: boolean | undefined;
}

/** What is looked for: a text, or a record by its id. */
export interface SearchOptions extends CallOptions {
  readonly text?: string | undefined;
  readonly id?: string | undefined;
  /** At most so many records; default 10. */
  readonly limit?: number | undefined;
}

export interface ImportOptions extends CallOptions, DryRunOption {
  /** Find duplicates first. */
  readonly dedupe?: boolean | undefined;
  /** Turn texts without a vector into one first. */
  readonly embed?: boolean | undefined;
  /** Default `'sqlite'`. */
  readonly to?: 'sqlite' | 'parquet' | 'csv' | 'jsonl' | undefined;
  /** The file to write; needed for all but SQLite. */
  readonly into?: string | undefined;
  /** A JSON file that names a table of yours and what its columns hold. */
  readonly mapping?: string | undefined;
  /** Import what these gates hold up, such as `['short', 'language']`. */
  readonly allow?: Listed | undefined;
  /** Leave out what these gates hold up. */
  readonly without?: Listed | undefined;
  /** Duplicates too, in a file. */
  readonly all?: boolean | undefined;
  /** Vectors too, in CSV. */
  readonly withEmbeddings?: boolean | undefined;
  /** Make no copy of the database first. */
  readonly noBackup?: boolean | undefined;
}

export interface UnlockOptions extends CallOptions, DryRunOption {
  /** Even if the lock's owner cannot be shown to be gone. */
  readonly force?: boolean | undefined;
}

export interface CleanupOptions extends CallOptions, DryRunOption {
  /** Uploaded files only. */
  readonly files?: boolean | undefined;
  /** Finished jobs only. */
  readonly jobs?: boolean | undefined;
  /** Only what is older, such as `'7d'` or `'12h'`. */
  readonly olderThan?: string | undefined;
  /** Needed to delete anything: nobody is asked. */
  readonly yes?: boolean | undefined;
}
