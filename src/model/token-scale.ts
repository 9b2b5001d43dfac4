import type { Ceiling } from './quota-ledger.ts';
import type { SubmissionState } from './submission-state.ts';

/** Beyond these the estimate is not off, but something else is: pictures, say, or a cache. */
const [LEAST, MOST] = [0.25, 8];

/**
 * How many tokens the service counts for one of our estimate, from the answers that are here: 1 before the
 * first. Text of some languages has a token for each character, where the estimate counts a quarter.
 */
export function tokenScale({ batches }: SubmissionState): number {
  let [counted, estimated] = [0, 0];
  for (const record of batches.values()) {
    if (record.status !== 'collected' || record.input?.estimatedTokens === undefined) continue;
    const { audit, answered, failed } = record.saved;
    const { estimatedTokens, lines } = record.input;
    if (audit === undefined || audit.usage.prompt === 0 || lines === 0) continue;
    counted += audit.usage.prompt;
    // An error tells no tokens, and a missing line nothing at all.
    estimated += estimatedTokens * Math.min(1, (answered + failed - (audit.defects.error ?? 0)) / lines);
  }
  return estimated === 0 ? 1 : Math.min(MOST, Math.max(LEAST, counted / estimated));
}

/** The service counts its own tokens, the ledger our estimates. */
export function scaledCeiling(known: Ceiling, state: SubmissionState): Ceiling {
  return Number.isFinite(known.tokens) ? { ...known, tokens: known.tokens / tokenScale(state) } : known;
}
