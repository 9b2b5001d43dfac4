import type { Tier } from '../model/quota-tiers.ts';

/** What to do about a create whose outcome stays unknown after it was looked up. */
export type AmbiguityPolicy = 'wait' | 'quarantine' | 'resubmit';

/**
 * Every setting, resolved. Names ending in `Ms` are milliseconds; paths are as the user wrote them,
 * or absolute where they start from another folder than the process's own.
 */
export interface Settings {
  readonly input: string;
  /** `undefined`: any numbered `.jsonl`. */
  readonly pattern: string | undefined;
  readonly output: string;
  readonly state: string;
  readonly log: string;
  readonly report: string;
  /** Folder of the records. */
  readonly records: string;
  readonly database: string;
  readonly model: string;
  readonly embeddingModel: string;
  /** `none` for none; `undefined`: what suits the model. */
  readonly taskType: string | undefined;
  /** Of a vector. */
  readonly dimensions: number;
  /** A template with `{batch}`; `undefined`: the recoverable mark alone. */
  readonly displayName: string | undefined;
  /** `undefined`: as many as their sizes suggest. */
  readonly concurrency: number | undefined;
  /** `undefined`: as documented, or by tier. */
  readonly maxActiveJobs: number | undefined;
  /** In the service's tokens; `undefined`: by tier, or learnt. */
  readonly tokenLimit: number | undefined;
  readonly tier: Tier | undefined;
  readonly rateLimitWaitMs: number;
  readonly retryDelayMs: number;
  readonly maxRetries: number;
  /** `undefined`: wait for quota without end. */
  readonly maxWaitMs: number | undefined;
  readonly pauseMs: number;
  readonly settleMs: number;
  readonly onAmbiguous: AmbiguityPolicy;
  readonly pollMs: number;
  /** `undefined`: follow jobs without end. */
  readonly timeoutMs: number | undefined;
  /** A file of prices; `undefined`: the built-in ones. */
  readonly prices: string | undefined;
  /** No slash at its end. */
  readonly baseUrl: string;
  /** Command line of an MCP server that uploads and creates in place of the API; `undefined`: none. */
  readonly viaMcp: string | undefined;
  /** `-` is standard input. */
  readonly apiKeyFile: string | undefined;
}
