import type { BatchRecord, InputFacts, JobKey } from './batch-record.ts';
import { estimateTokens } from './file-limits.ts';
import { bareModel } from './names.ts';
import type { Load } from './quota-ledger.ts';
import type { SubmissionState } from './submission-state.ts';

/** Tokens of a file's requests, as estimated; from its size where nobody counted the text. */
export function tokensOf({
  estimatedTokens,
  sizeBytes,
}: Pick<InputFacts, 'estimatedTokens' | 'sizeBytes'>): number {
  return estimatedTokens ?? estimateTokens(sizeBytes);
}

/** Whose jobs are counted. */
export interface Measured {
  readonly model: string;
  readonly key: JobKey | undefined;
  /** Batches that are counted elsewhere, or whose jobs the service does not speak of. */
  readonly without: (batch: number) => boolean;
}

/**
 * What the state's unfinished jobs take up: jobs of every model, for their number is limited for the whole
 * project, and the tokens of this model's. A create whose outcome is unknown counts as a job.
 */
export function activeLoad({ batches }: SubmissionState, { model, key, without }: Measured): Load {
  const wanted = bareModel(model);
  let [jobs, tokens] = [0, 0];
  for (const [batch, record] of batches) {
    const made = madeOf(record);
    if (made === undefined || without(batch)) continue;
    if (made.key !== undefined && key !== undefined && made.key !== key) continue;
    jobs += 1;
    const isOfModel = made.model === undefined || bareModel(made.model) === wanted;
    if (isOfModel && 'input' in record && record.input !== undefined) tokens += tokensOf(record.input);
  }
  return { jobs, tokens };
}

function madeOf(
  record: BatchRecord,
): { readonly model?: string | undefined; readonly key?: JobKey | undefined } | undefined {
  if (record.status === 'submitted') return record.job;
  return record.status === 'creating' || record.status === 'uncertain' ? record.intent : undefined;
}
