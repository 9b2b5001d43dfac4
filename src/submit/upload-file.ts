import type { InputFacts, RecordOf } from '../model/batch-record.ts';
import type { ServiceFailure } from '../model/failure.ts';
import { fileNameFor } from '../model/names.ts';
import type { RemoteFile, Result } from '../model/service.ts';
import { recordOf } from '../model/submission-state.ts';
import { diskError } from '../state/disk-error.ts';
import { stagedPathFor, stageInput, unstage } from './stage.ts';
import type { SubmitContext } from './submit-context.ts';

/** An input file, and how many of its lines must be given a key before they are sent. */
export interface CheckedInput {
  readonly facts: InputFacts;
  readonly keyless: number;
}

/**
 * Brings the batch's bytes to the service, or finds that they are there already, and leaves the
 * record `uploaded`. The file's name is chosen by us, so an upload whose answer was lost is found
 * again, and an upload that was cut continues in its session even from another process.
 */
export async function uploadFile(
  context: SubmitContext,
  batch: number,
  { facts, keyless }: CheckedInput,
): Promise<Result<RecordOf<'uploaded'>>> {
  const { service, store, clock, emit, progress, signal } = context;
  const begun = await begunUpload(context, batch, facts, keyless);
  const { attempt } = recordOf(store.current(), batch);
  const fileName = begun?.fileName ?? fileNameFor({ stateId: context.stateId, batch, attempt }, facts);

  if (begun !== undefined) {
    const found = await service.getFile(fileName, signal);
    if (!found.ok) return found;
    if (found.value !== undefined && isSame(found.value, begun.input)) {
      emit({ event: 'upload_reused', batch, file: fileName });
      progress?.ended(batch);
      return { ok: true, value: await markUploaded(context, batch, found.value) };
    }
  }
  const { stagingDirectory } = context.options;
  const prepared: Result<InputFacts> =
    keyless > 0 ? await stageInput(stagingDirectory, batch, facts, signal) : { ok: true, value: facts };
  if (!prepared.ok) return prepared;
  const input = prepared.value;
  const isContinued = begun !== undefined && begun.input.staged?.sha256 === input.staged?.sha256;
  if (!isContinued) {
    await store.apply(batch, { type: 'upload_started', input, fileName, at: clock.now().toISOString() });
  }

  const startedMs = clock.now().getTime();
  const sent = sentFrom(input, stagedPathFor(stagingDirectory, batch));
  emit({ event: 'upload_started', batch, bytes: sent.sizeBytes, lines: input.lines });
  progress?.started(batch, sent.sizeBytes);
  const uploaded = await service
    .uploadFile(
      {
        input: sent,
        fileName,
        displayName: fileName.slice('files/'.length),
        sessionUrl: isContinued ? begun.sessionUrl : undefined,
        onSession: async (sessionUrl) => {
          await store.apply(batch, { type: 'upload_session', sessionUrl });
        },
        onProgress: (sentBytes) => progress?.sent(batch, sentBytes),
      },
      signal,
    )
    .catch((error: unknown) => {
      throw diskError('read', sent.path, error);
    });
  if (!uploaded.ok) return await giveUpName(context, batch, uploaded.failure);
  progress?.uploaded(batch);
  const next = await markUploaded(context, batch, uploaded.value);
  if (keyless > 0) await unstage(stagingDirectory, batch);
  const ms = clock.now().getTime() - startedMs;
  emit({ event: 'upload_success', batch, file: next.file.uri, bytes: sent.sizeBytes, ms });
  return { ok: true, value: next };
}

/** An upload of the same content that this or another process began. */
async function begunUpload(
  { store }: SubmitContext,
  batch: number,
  facts: InputFacts,
  keyless: number,
): Promise<RecordOf<'uploading'> | undefined> {
  const record = recordOf(store.current(), batch);
  if (record.status !== 'uploading' || record.input.sha256 !== facts.sha256) return undefined;
  if (keyless === 0 || record.input.staged !== undefined) return record;
  // An earlier version sent the lines as they were; bytes of both kinds must not meet under one name.
  await store.apply(batch, { type: 'file_gone' });
  return undefined;
}

/** What the service is given: the file itself, or the copy with keys. */
function sentFrom(input: InputFacts, stagedPath: string): InputFacts {
  return input.staged === undefined ? input : { path: stagedPath, lines: input.lines, ...input.staged };
}

/** True when the remote file holds exactly the bytes that were checked. */
function isSame(file: RemoteFile, input: InputFacts): boolean {
  const { sizeBytes, sha256 } = input.staged ?? input;
  return file.active && file.sizeBytes === sizeBytes && (file.sha256 === undefined || file.sha256 === sha256);
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
