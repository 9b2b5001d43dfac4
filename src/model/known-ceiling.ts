import { DOCUMENTED_JOBS, tierCeiling, type Tier } from './quota-tiers.ts';
import type { Ceiling } from './quota-ledger.ts';

/** What a user says of the quota. `tokenLimit` counts the service's tokens. */
export interface QuotaWish {
  readonly model: string;
  readonly maxActiveJobs: number | undefined;
  readonly tokenLimit: number | undefined;
  readonly tier: Tier | undefined;
}

/**
 * The ceiling that is known before anything was refused: flags before the tier, and the documented number of
 * jobs before nothing. Tokens that nobody named are learnt.
 */
export function knownCeiling({ model, maxActiveJobs, tokenLimit, tier }: QuotaWish): Ceiling {
  const byTier = tier === undefined ? undefined : tierCeiling(tier, model);
  return {
    jobs: maxActiveJobs ?? byTier?.jobs ?? DOCUMENTED_JOBS,
    tokens: tokenLimit ?? byTier?.tokens ?? Number.POSITIVE_INFINITY,
  };
}
