import { inspectInput } from '../input/inspect.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { estimateTokens } from '../model/file-limits.ts';
import { knownCeiling } from '../model/known-ceiling.ts';
import type { InputFile } from '../model/plan.ts';
import { tierCeiling } from '../model/quota-tiers.ts';
import type { Ceiling } from '../model/quota-ledger.ts';
import type { SubmissionState } from '../model/submission-state.ts';
import { tokenScale } from '../model/token-scale.ts';
import { formatAmount } from '../model/units.ts';
import type { Settings } from '../config/settings.ts';

/** @throws {BatchSubmitError} `E_USAGE` for a tier whose limit for the model nobody knows */
export function ceilingOf(settings: Settings): Ceiling {
  const { tier, model, tokenLimit } = settings;
  if (tier !== undefined && tokenLimit === undefined && tierCeiling(tier, model) === undefined) {
    throw new BatchSubmitError(
      'E_USAGE',
      `Cannot use --tier ${tier}: its limit for the model "${model}" is not known`,
      { hint: 'name the limit with `--token-limit 3M`, or leave both out and let it be learnt' },
    );
  }
  return knownCeiling(settings);
}

/** A file whose requests alone are more than the service takes at once. */
export interface Oversized {
  readonly file: InputFile;
  /** As the service would count them, as far as answers so far tell. */
  readonly tokens: number;
}

/** Finds files that could never be admitted. Only those that are large enough for it are read. */
export async function findOversized(
  files: readonly InputFile[],
  ceiling: Ceiling,
  state: SubmissionState,
  signal: AbortSignal,
): Promise<readonly Oversized[]> {
  const scale = tokenScale(state);
  const oversized: Oversized[] = [];
  for (const file of files) {
    // A file holds no more text than it has bytes, so a small one needs no look.
    if (estimateTokens(file.sizeBytes) * scale <= ceiling.tokens) continue;
    const inspected = await inspectInput(file.path, signal);
    const tokens = inspected.ok ? Math.round((inspected.facts.estimatedTokens ?? 0) * scale) : 0;
    if (tokens > ceiling.tokens) oversized.push({ file, tokens });
  }
  return oversized;
}

/** What to do about one of them. */
export function splitAdvice({ file }: Oversized, ceiling: Ceiling): string {
  // A little less than the limit, because the count is an estimate.
  return `batch-submit split ${file.path} --max-tokens ${Math.floor(ceiling.tokens * 0.9)}`;
}

/** @throws {BatchSubmitError} `E_INPUT` for all of them */
export function refuseOversized(oversized: readonly Oversized[], ceiling: Ceiling): void {
  const [first] = oversized;
  if (first === undefined) return;
  const more = oversized.length > 1 ? ` (and ${oversized.length - 1} more)` : '';
  throw new BatchSubmitError(
    'E_INPUT',
    `Cannot submit batch ${first.file.batch}: its requests hold about ${formatAmount(first.tokens)} tokens, and all unfinished jobs together may hold ${formatAmount(ceiling.tokens)}${more}`,
    {
      hint: `split it with \`${splitAdvice(first, ceiling)}\`, or leave it out with \`--skip-missing\``,
    },
  );
}
