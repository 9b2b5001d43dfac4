import {
  jobOf,
  type BatchRecord,
  type EarlierAttempt,
  type JobKey,
  type SavedResult,
} from '../model/batch-record.ts';
import { isEnded, type JobSnapshot } from '../model/job.ts';
import type { KeepReason } from './keep-reason.ts';

export type JobJudgement =
  | { readonly kind: 'keep'; readonly reason: KeepReason }
  | {
      readonly kind: 'delete';
      /** What has to be on disk, to the byte; `undefined` for a job that left no results. */
      readonly saved: SavedResult | undefined;
      /** True for a job that a look-up of a lost create may go by. */
      readonly isCanary: boolean;
    };

/**
 * Whether a job with this state's mark may go: it has ended, the state names it, and nothing is left to fetch.
 * @param record of the batch in the job's mark; `undefined` when the state has none
 * @param key that the service is asked with
 */
export function judgeJob(
  job: JobSnapshot,
  record: BatchRecord | undefined,
  key: JobKey | undefined,
): JobJudgement {
  if (!isEnded(job.state)) return keep('not_ended');
  if (record === undefined) return keep('unknown');
  if ((record.duplicates ?? []).length > 0) return keep('twice');
  const own = jobOf(record);
  if (own?.name === job.name)
    return own.key !== undefined && own.key !== key ? keep('other_key') : judgeOwn(record);
  const past = record.earlier?.find(({ jobName }) => jobName === job.name);
  return past === undefined ? keep('unknown') : judgePast(past);
}

function judgeOwn(record: BatchRecord): JobJudgement {
  switch (record.status) {
    case 'collected': {
      const { saved } = record;
      if (saved.isTorn === true || (saved.missing ?? 0) > 0) return keep('short');
      return { kind: 'delete', saved, isCanary: true };
    }
    case 'expired':
    case 'cancelled':
      return record.results !== undefined && record.saved === undefined
        ? keep('not_collected')
        : { kind: 'delete', saved: record.saved, isCanary: false };
    case 'failed':
      if (record.step !== 'job' || record.reason === 'missing') return keep('not_ended');
      return record.results !== undefined && record.saved === undefined
        ? keep('not_collected')
        : { kind: 'delete', saved: record.saved, isCanary: false };
    case 'pending':
    case 'uploading':
    case 'uploaded':
    case 'creating':
    case 'uncertain':
    case 'submitted':
    case 'succeeded':
      return keep('not_collected');
  }
}

/** Endings after which nobody may want the job back. */
const OVER: ReadonlySet<string> = new Set(['failed', 'expired', 'cancelled']);

function judgePast({ ended, saved, results, lost }: EarlierAttempt): JobJudgement {
  if (!OVER.has(ended) || lost !== undefined) return keep('not_collected');
  if (saved === undefined && results !== undefined) return keep('not_collected');
  return { kind: 'delete', saved, isCanary: false };
}

function keep(reason: KeepReason): JobJudgement {
  return { kind: 'keep', reason };
}
