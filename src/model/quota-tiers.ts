import type { Ceiling } from './quota-ledger.ts';

/** What the service's page on rate limits says of batch jobs (as of 18 August 2026). */
export type Tier = '1' | '2' | '3';

const TIERS: readonly Tier[] = ['1', '2', '3'];

/** Documented for every tier: batch jobs of a project that are pending or running at once. */
export const DOCUMENTED_JOBS = 100;

const M = 1_000_000;

/** Tokens of a model's unfinished jobs, by tier. The first row that fits the model's name counts. */
const TOKENS: readonly (readonly [model: RegExp, byTier: readonly (number | undefined)[]])[] = [
  [/embedding/, [0.5 * M, 5 * M, 10 * M]],
  [/-pro-.*tts|-pro-tts/, [25_000, undefined, undefined]],
  [/-flash-.*tts|-flash-tts/, [100_000, undefined, undefined]],
  [/-pro-image/, [2 * M, undefined, undefined]],
  [/-flash-image/, [1 * M, undefined, undefined]],
  [/2\.0-flash/, [10 * M, 1000 * M, 5000 * M]],
  [/flash-lite/, [10 * M, 500 * M, 1000 * M]],
  [/3\.7-flash/, [3 * M, undefined, 1000 * M]],
  [/flash/, [3 * M, 400 * M, 1000 * M]],
  [/pro/, [5 * M, 500 * M, 1000 * M]],
];

/** `undefined` where the page names no limit for the model. */
export function tierCeiling(tier: Tier, model: string): Ceiling | undefined {
  const row = TOKENS.find(([pattern]) => pattern.test(model));
  const tokens = row?.[1][TIERS.indexOf(tier)];
  return tokens === undefined ? undefined : { jobs: DOCUMENTED_JOBS, tokens };
}
