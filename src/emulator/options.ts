import { type EmulatorClock, systemClock } from './clock.ts';
import type { FaultRule } from './fault-rule.ts';
import { GUESSES, type InferredBehaviour } from './inferred.ts';
import type { JobDraft, JobOutcome } from './job.ts';
import type { JsonObject } from './json.ts';
import type { ResultDamage } from './result-damage.ts';

const HOUR_MS = 3_600_000;

/** The request being answered: its `key`, its 0-based place in the input and the job's model. */
export interface AnsweredLine {
  readonly key: string | undefined;
  readonly index: number;
  readonly model: string;
}

export type AnswerFunction = (request: JsonObject, line: AnsweredLine) => JsonObject;

export interface EmulatorOptions extends Partial<InferredBehaviour> {
  /** Path of a probe's `probe-answers.json`: what it found out is done. An option given beside it wins. */
  readonly answers?: string;
  /** TCP port on 127.0.0.1; 0 (default) takes any free one. */
  readonly port?: number;
  /** Keys that work. Default: any key that does not start with "bad". */
  readonly apiKeys?: readonly string[];
  /** Model ids without `models/`; every other one answers 404. Names with "embedding" take embeddings only. */
  readonly models?: readonly string[];
  /** Jobs per model that may be pending or running at once, default 100. */
  readonly quotaJobs?: number;
  /** Tokens of the prompts of unfinished jobs per model, default no limit. */
  readonly quotaTokens?: number;
  /** How many characters of a prompt count as one token, default 4. */
  readonly charactersPerToken?: number;
  /** Bytes of all live files together, default 20 GiB. */
  readonly storageBytes?: number;
  /** Largest single file in bytes, default 2 GiB. */
  readonly maxFileBytes?: number;
  /** From create to end, in ms: a number or a seeded choice in a range. Default 2000. */
  readonly jobTimeMs?: number | { readonly min: number; readonly max: number };
  /** Added to every reply in real time, default 0. */
  readonly latencyMs?: number;
  /** Life of an uploaded file, default 48 h. */
  readonly fileTtlMs?: number;
  /** Age at which an unfinished job expires, default 48 h. */
  readonly jobTtlMs?: number;
  /** How long results can be downloaded after the job's end, default 6 weeks. */
  readonly resultTtlMs?: number;
  /** Idle life of an upload session, default 7 days. */
  readonly sessionTtlMs?: number;
  /** A file stays PROCESSING for this long after its upload, default 0. */
  readonly processingMs?: number;
  /** A new job is missing from the list for this long, default 0. */
  readonly listLagMs?: number;
  /** The list of jobs is empty unless `pageSize` is given, default false. */
  readonly listNeedsPageSize?: boolean;
  /** What cancelling a running job leaves, default `succeeded` (unfinished items carry error code 1). */
  readonly cancelRunning?: 'succeeded' | 'cancelled';
  /** Answer to cancelling a finished job, default `error` (400 FAILED_PRECONDITION). */
  readonly cancelFinished?: 'error' | 'empty';
  /** Status for an absent file at create and download, default 403. */
  readonly absentFileStatus?: 400 | 403 | 404;
  /** Deleting the input of an unfinished job fails the job, default false. */
  readonly inputMustOutlive?: boolean;
  /** MIME types refused at the last step of an upload, in a 200. */
  readonly rejectMimeTypes?: readonly string[];
  /** Serve Range requests on downloads, default true. */
  readonly ranges?: boolean;
  /** Compress answers for clients that accept gzip, default false. */
  readonly gzip?: boolean;
  /** Source of every pseudo-random choice, default 1. */
  readonly seed?: number;
  readonly faults?: readonly FaultRule[];
  readonly clock?: EmulatorClock;
  /** Where file contents go. Default: a temporary directory that `close()` removes. */
  readonly dataDir?: string;
  /** Makes the response to one request of a generate job, instead of the built-in answer. */
  readonly answer?: AnswerFunction;
  /** How a job ends. Default: succeeded, or what `emulate=<outcome>` in its display name says. */
  readonly outcome?: (job: JobDraft) => JobOutcome | undefined;
  /** What is wrong with the results of every job, default nothing. */
  readonly damage?: ResultDamage;
  /** Damage only the first answer to a request: sent again in a later job it comes out fine. Default false. */
  readonly damageOnce?: boolean;
}

export type Settings = Required<
  Omit<EmulatorOptions, 'answers' | 'apiKeys' | 'dataDir' | 'answer' | 'outcome'>
> &
  Pick<EmulatorOptions, 'apiKeys' | 'dataDir' | 'answer' | 'outcome'>;

const DEFAULT_MODELS: readonly string[] = [
  'gemini-3.7-flash',
  'gemini-3.6-flash',
  'gemini-3.5-flash',
  'gemini-3.5-flash-lite',
  'gemini-3.1-pro-preview',
  'gemini-3.1-flash-lite',
  'gemini-3-flash-preview',
  'gemini-2.5-pro',
  'gemini-2.5-flash',
  'gemini-2.5-flash-lite',
  'gemini-2.0-flash',
  'gemini-2.0-flash-lite',
  'gemini-embedding-2',
  'gemini-embedding-001',
];

export function resolveOptions(options: EmulatorOptions): Settings {
  return {
    ...GUESSES,
    port: 0,
    models: DEFAULT_MODELS,
    quotaJobs: 100,
    quotaTokens: Number.POSITIVE_INFINITY,
    charactersPerToken: 4,
    storageBytes: 20 * 1024 ** 3,
    maxFileBytes: 2 * 1024 ** 3,
    jobTimeMs: 2000,
    latencyMs: 0,
    fileTtlMs: 48 * HOUR_MS,
    jobTtlMs: 48 * HOUR_MS,
    resultTtlMs: 6 * 7 * 24 * HOUR_MS,
    sessionTtlMs: 7 * 24 * HOUR_MS,
    processingMs: 0,
    listLagMs: 0,
    listNeedsPageSize: false,
    cancelRunning: 'succeeded',
    cancelFinished: 'error',
    absentFileStatus: 403,
    inputMustOutlive: false,
    rejectMimeTypes: [],
    ranges: true,
    gzip: false,
    seed: 1,
    faults: [],
    clock: systemClock,
    damage: {},
    damageOnce: false,
    ...options,
  };
}
