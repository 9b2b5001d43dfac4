import type { RunContext } from '../model/run-context.ts';
import { recordOf } from '../model/submission-state.ts';
import { holdsBytes } from '../state/hash-file.ts';

/**
 * What it means that the service does not have the results of a job: a verified file on disk makes up for
 * them, they are `lost`, or nobody can tell.
 */
export type Absence =
  | { readonly kind: 'held'; readonly path: string }
  | { readonly kind: 'lost' }
  | { readonly kind: 'unclear' };

/**
 * Judges results that the service says it does not have, and records those that are lost. Only if it still
 * knows the job is that so, for another key would know neither; or if the job was deleted by us under this key.
 * @throws {BatchSubmitError} `E_DISK` when a file that was saved cannot be read
 */
export async function judgeAbsence(
  { service, store, clock, signal, key }: RunContext,
  batch: number,
  jobName: string,
): Promise<Absence> {
  const record = recordOf(store.current(), batch);
  const saved = 'saved' in record ? record.saved : undefined;
  if (saved !== undefined && (await holdsBytes(saved.path, saved))) return { kind: 'held', path: saved.path };
  if (record.status !== 'succeeded' && record.status !== 'collected') return { kind: 'unclear' };
  const job = await service.getJob(jobName, signal);
  const own = record.job.deletionAskedAt !== undefined && record.job.key === key;
  const isDeleted = own && !job.ok && job.failure.kind === 'not_found';
  if (!isDeleted && (!job.ok || job.value.state !== 'succeeded')) return { kind: 'unclear' };
  await store.apply(batch, { type: 'results_lost', at: clock.now().toISOString() });
  return { kind: 'lost' };
}

/**
 * Takes in a file that was lost and that somebody put back, a backup say.
 * @returns false when there is none, or one of other bytes
 * @throws {BatchSubmitError} `E_DISK`
 */
export async function takeBack({ store }: RunContext, batch: number): Promise<boolean> {
  const record = recordOf(store.current(), batch);
  const lost = 'lost' in record ? record.lost : undefined;
  if (lost === undefined || !(await holdsBytes(lost.path, lost))) return false;
  await store.apply(batch, { type: 'saved', result: lost });
  return true;
}
