import { nameBatches } from '../model/batch-set.ts';
import { stopsTheRun } from '../model/failure.ts';
import { markIn } from '../model/names.ts';
import type { RunContext } from '../model/run-context.ts';
import { stopFor } from '../model/stop.ts';
import { recordOf } from '../model/submission-state.ts';
import { findJobs } from '../service/walk-jobs.ts';
import type { BatchRecord } from '../model/batch-record.ts';
import type { JobSnapshot } from '../model/job.ts';
import { adoptMatch } from './adopt-match.ts';
import type { OpenRecord } from './settle-time.ts';

/** True while it is not known whether the create of a batch made a job. */
export function isUnknown(record: BatchRecord): record is OpenRecord {
  return record.status === 'creating' || record.status === 'uncertain';
}

/**
 * Makes batches ready for another attempt although the outcome of their create is unknown: the user says so,
 * and may pay twice. What a last look finds is taken all the same. Their inputs are deleted where that can be
 * done, so that a create that is still on its way fails.
 * @returns the batches that may be submitted again
 */
export async function forgetCreates(
  context: RunContext,
  batches: readonly number[],
): Promise<ReadonlySet<number>> {
  const { service, store, signal, emit } = context;
  const open = new Map(
    batches.flatMap((batch) => {
      const record = recordOf(store.current(), batch);
      return isUnknown(record) ? [[batch, record] as const] : [];
    }),
  );
  const forgotten = new Set<number>();
  if (open.size === 0) return forgotten;
  const jobs = await lastLook(context, open);
  for (const [batch, record] of open) {
    if (await adoptMatch(context, batch, record, jobs)) continue;
    if (record.file.name !== undefined) await service.deleteFile(record.file.name, signal);
    const { attempt } = await store.apply(batch, { type: 'fenced' });
    emit({ event: 'batch_requeued', batch, attempt, was: 'uncertain' });
    const message =
      'its create is forgotten, as --forget says: if it made a job after all, that is paid for too';
    emit({ event: 'warning', batch, message });
    forgotten.add(batch);
  }
  return forgotten;
}

/** A listing that cannot be read is often why an outcome is unknown, so it is no reason to stop here. */
async function lastLook(
  { service, signal, emit }: RunContext,
  open: ReadonlyMap<number, OpenRecord>,
): Promise<readonly JobSnapshot[]> {
  const marks = new Set([...open.values()].map(({ intent }) => markIn(intent.displayName)));
  const files = new Set([...open.values()].map(({ file }) => file.name));
  const listed = await findJobs(
    service,
    ({ displayName, inputFile }) =>
      (inputFile !== undefined && files.has(inputFile)) || marks.has(markIn(displayName) ?? 'none'),
    signal,
  );
  if (listed.ok) return listed.value;
  const { failure } = listed;
  const what = `look for the job of ${nameBatches([...open.keys()])}`;
  if (failure.reason !== 'LIST_UNUSABLE' && stopsTheRun(failure.kind)) throw stopFor(failure, what);
  emit({ event: 'warning', message: `could not ${what}: ${failure.message}` });
  return [];
}
