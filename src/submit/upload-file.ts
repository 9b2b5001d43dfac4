import type { InputFacts, RecordOf } from '../model/batch-record.ts';
import type { ServiceFailure } from '../model/failure.ts';
import { fileNameFor } from '../model/names.ts';
import type { RemoteFile, Result } from '../model/service.ts';
import { recordOf } from '../model/submission-state.ts';
import type { SubmitContext } from './submit-context.ts';

/**
 * Brings the batch's bytes to the service, or finds that they are there already, and leaves the
 * record `uploaded`. The file's name is chosen by us, so an upload whose answer was lost is found
 * again, and an upload that was cut continues in its session even from another process.
 */
export async function uploadFile(
  context: SubmitContext,
  batch: number,
  input: InputFacts,
): Promise<Result<RecordOf<'uploaded'>>> {
  const { service, store, clock, emit, signal } = context;
  const record = recordOf(store.current(), batch);
  const begun = record.status === 'uploading' && record.input.sha256 === input.sha256 ? record : undefined;
  const fileName =
    begun?.fileName ?? fileNameFor({ stateId: context.stateId, batch, attempt: record.attempt }, input);

  if (begun !== undefined) {
    const found = await service.getFile(fileName, signal);
    if (!found.ok) return found;
    if (found.value !== undefined && isSame(found.value, input)) {
      emit({ event: 'upload_reused', batch, file: fileName });
      return { ok: true, value: await markUploaded(context, batch, found.value) };
    }
  } else {
    await store.apply(batch, { type: 'upload_started', input, fileName, at: clock.now().toISOString() });
  }

  const startedMs = clock.now().getTime();
  emit({ event: 'upload_started', batch, bytes: input.sizeBytes, lines: input.lines });
  const uploaded = await service.uploadFile(
    {
      input,
      fileName,
      displayName: fileName.slice('files/'.length),
      sessionUrl: begun?.sessionUrl,
      onSession: async (sessionUrl) => {
        await store.apply(batch, { type: 'upload_session', sessionUrl });
      },
    },
    signal,
  );
  if (!uploaded.ok) return await giveUpName(context, batch, uploaded.failure);
  const next = await markUploaded(context, batch, uploaded.value);
  const ms = clock.now().getTime() - startedMs;
  emit({ event: 'upload_success', batch, file: next.file.uri, bytes: input.sizeBytes, ms });
  return { ok: true, value: next };
}

/** True when the remote file holds exactly the bytes that were checked. */
function isSame(file: RemoteFile, input: InputFacts): boolean {
  return (
    file.active &&
    file.sizeBytes === input.sizeBytes &&
    (file.sha256 === undefined || file.sha256 === input.sha256)
  );
}

async function markUploaded(
  context: SubmitContext,
  batch: number,
  file: RemoteFile,
): Promise<RecordOf<'uploaded'>> {
  const { name, uri, sizeBytes, expiresAt } = file;
  const uploadedAt = file.uploadedAt ?? context.clock.now().toISOString();
  const record = await context.store.apply(batch, {
    type: 'uploaded',
    file: { name, uri, sizeBytes, uploadedAt, expiresAt },
  });
  if (record.status !== 'uploaded') throw new Error(`an uploaded batch became ${record.status}`);
  return record;
}

/** A name that is taken by other bytes is never free again: the next attempt has another one. */
async function giveUpName<T>(
  context: SubmitContext,
  batch: number,
  failure: ServiceFailure,
): Promise<Result<T>> {
  if (failure.reason === 'ALREADY_EXISTS') await context.store.apply(batch, { type: 'file_gone' });
  return { ok: false, failure };
}
