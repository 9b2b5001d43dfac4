import { addUsage, NO_USAGE, type Usage } from '../model/answer.ts';
import { jobOf, type BatchRecord } from '../model/batch-record.ts';
import type { PricedUse } from '../model/prices.ts';
import type { ReportedTokens } from './final-report.ts';

/** What a batch was thought to take, and took, over all its attempts. */
export interface BatchTokens {
  readonly estimatedPrompt: number;
  readonly usage: Usage;
}

export const NO_TOKENS: BatchTokens = { estimatedPrompt: 0, usage: NO_USAGE };

export function tokensOf(record: BatchRecord): BatchTokens {
  const estimated = 'input' in record ? record.input?.estimatedTokens : undefined;
  return { estimatedPrompt: estimated ?? 0, usage: usesOf(record).reduce(sumUsage, NO_USAGE) };
}

export function addTokens(a: BatchTokens, b: BatchTokens): BatchTokens {
  return {
    estimatedPrompt: a.estimatedPrompt + b.estimatedPrompt,
    usage: addUsage(a.usage, b.usage),
  };
}

export function reportedTokens({ estimatedPrompt, usage }: BatchTokens): ReportedTokens {
  const { prompt, cached, answer, thoughts } = usage;
  return {
    estimated_prompt: estimatedPrompt,
    prompt,
    cached,
    answer,
    thoughts,
    total: prompt + answer + thoughts,
  };
}

/** What each attempt with results used, for pricing; those that were lost since are paid for too. */
export function usesOf(record: BatchRecord): PricedUse[] {
  const model = jobOf(record)?.model ?? null;
  const now = 'saved' in record ? record.saved : undefined;
  const lost = 'lost' in record ? record.lost : undefined;
  const before = (record.earlier ?? []).flatMap((past) => [past.saved, past.lost]);
  return [now, lost, ...before].flatMap((result) => {
    if (result?.audit === undefined) return [];
    const { audit, answered, failed, savedAt } = result;
    return [{ model, usage: audit.usage, requests: answered + failed, at: savedAt }];
  });
}

function sumUsage(sum: Usage, { usage }: PricedUse): Usage {
  return addUsage(sum, usage);
}
