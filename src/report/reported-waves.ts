import { foldBatches } from '../model/batch-set.ts';
import { jobOf, type BatchRecord } from '../model/batch-record.ts';
import { costOf } from '../model/prices.ts';
import type { ReportedBatch, ReportedWave } from './final-report.ts';
import { endedAt, type Pricing } from './reported-batch.ts';
import { addTokens, NO_TOKENS, reportedTokens, tokensOf, usesOf } from './reported-tokens.ts';
import { sentAgain } from './sent-again.ts';

/** A batch with its line in the report; a row retry has none, because its requests count in their own batches. */
export interface WaveMember {
  readonly batch: number;
  readonly record: BatchRecord;
  readonly line: ReportedBatch | undefined;
}

/** Groups batches by the run that submitted them, the earliest first. Batches without a job are in none. */
export function reportedWaves(members: readonly WaveMember[], pricing: Pricing): readonly ReportedWave[] {
  const waves = new Map<string | null, WaveMember[]>();
  for (const member of members) {
    const job = jobOf(member.record);
    if (job === undefined) continue;
    const run = job.run ?? null;
    const wave = waves.get(run) ?? [];
    waves.set(run, wave);
    wave.push(member);
  }
  return [...waves]
    .map(([run, wave]) => reportedWave(run, wave, pricing))
    .sort((a, b) => ((a.first_submitted_at ?? '') < (b.first_submitted_at ?? '') ? -1 : 1));
}

function reportedWave(run: string | null, wave: readonly WaveMember[], pricing: Pricing): ReportedWave {
  const sum = (field: 'planned' | 'answered' | 'failed' | 'missing' | 'pending'): number =>
    wave.reduce((total, { line }) => total + (line?.[field] ?? 0), 0);
  const submittedAt = wave.flatMap(({ record }) => jobOf(record)?.submittedAt ?? []).sort();
  const ended = wave.flatMap(({ record }) => endedAt(record) ?? []).sort();
  const again = wave.map(({ record }) => sentAgain(record));
  const uses = wave.flatMap(({ record }) => usesOf(record));
  return {
    run,
    first_submitted_at: submittedAt[0] ?? null,
    last_ended_at: ended.at(-1) ?? null,
    batches: foldBatches(wave.map(({ batch }) => batch)),
    count: wave.length,
    planned: sum('planned'),
    answered: sum('answered'),
    failed: sum('failed'),
    missing: sum('missing'),
    pending: sum('pending'),
    sent_again: again.reduce((total, { rows }) => total + rows, 0),
    sent_again_answered: again.reduce((total, { answered }) => total + answered, 0),
    tokens: reportedTokens(wave.map(({ record }) => tokensOf(record)).reduce(addTokens, NO_TOKENS)),
    cost: uses.length === 0 ? null : costOf(uses, pricing.table, pricing.on).amount,
  };
}
