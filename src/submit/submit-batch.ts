import { inspectInput } from '../input/inspect.ts';
import type { FailedStep, InputFacts, RecordOf } from '../model/batch-record.ts';
import { stopsTheRun, type ServiceFailure } from '../model/failure.ts';
import { isFileUsable, type InputFile } from '../model/plan.ts';
import type { Result } from '../model/service.ts';
import { serviceTime } from '../model/run-context.ts';
import { recordOf } from '../model/submission-state.ts';
import { createJob } from './create-job.ts';
import { stopFor } from '../model/stop.ts';
import type { SubmitContext } from './submit-context.ts';
import { takeUnknownJob } from './survey.ts';
import { uploadFile, type CheckedInput } from './upload-file.ts';

type Upload = Result<RecordOf<'uploaded'>>;

export type BatchOutcome = 'submitted' | 'uploaded' | 'failed' | 'uncertain';

/** So many batches in a row without an answer mean that the service is down, not that the batches are bad. */
const OUTAGES_BEFORE_STOP = 3;

/** How often one run uploads a batch anew because its file was gone when the job was to be made. */
const UPLOADS_PER_RUN = 3;

/**
 * Takes one batch from wherever it stands to a job: check, upload, create; with `uploadOnly` to an uploaded file.
 * @throws {BatchSubmitError} when the reason would stop every other batch too
 */
export async function submitBatch(context: SubmitContext, file: InputFile): Promise<BatchOutcome> {
  const { batch } = file;
  const first = await context.uploading(async () => {
    context.signal.throwIfAborted();
    const checked = await check(context, file);
    return typeof checked === 'string'
      ? checked
      : { input: checked, uploaded: await upload(context, batch, checked) };
  });
  return typeof first === 'string' ? first : await create(context, batch, first.input, first.uploaded);
}

async function check(context: SubmitContext, file: InputFile): Promise<CheckedInput | BatchOutcome> {
  const { batch } = file;
  const inspection = await inspectInput(file.path, context.signal, { model: context.options.model });
  if (!inspection.ok) {
    const [first] = inspection.problems;
    const more = inspection.count > 1 ? ` (and ${inspection.count - 1} more)` : '';
    return await fail(
      context,
      batch,
      'input',
      first?.reason ?? 'unusable',
      `${first?.detail ?? 'the file cannot be used'}${more}`,
    );
  }
  for (const message of inspection.warnings ?? []) context.emit({ event: 'warning', batch, message });
  return (await takeUnknownJob(context, batch, inspection.facts)) ? 'submitted' : inspection;
}

async function upload(context: SubmitContext, batch: number, input: CheckedInput): Promise<Upload> {
  return (await existingUpload(context, batch, input.facts)) ?? (await uploadFile(context, batch, input));
}

async function create(
  context: SubmitContext,
  batch: number,
  input: CheckedInput,
  first: Upload,
): Promise<BatchOutcome> {
  let last: ServiceFailure | undefined;
  for (let uploads = 0; uploads < UPLOADS_PER_RUN; uploads += 1) {
    const uploaded = uploads === 0 ? first : await context.uploading(() => upload(context, batch, input));
    if (!uploaded.ok) {
      last = uploaded.failure;
      if (last.reason === 'ALREADY_EXISTS') continue;
      return await giveUp(context, batch, 'upload', last);
    }
    if (context.options.uploadOnly === true) return 'uploaded';
    const created = await createJob(context, batch, uploaded.value);
    if (created.ok) {
      context.outages.reset();
      return 'submitted';
    }
    last = created.failure;
    if (last.kind === 'unknown_outcome') return 'uncertain';
    if (last.kind !== 'not_found') return await giveUp(context, batch, 'create', last);
    await context.store.apply(batch, { type: 'file_gone' });
  }
  return await giveUp(
    context,
    batch,
    'upload',
    last ?? { kind: 'refused', reason: 'unknown', message: 'no upload' },
  );
}

/**
 * The upload of an earlier run, if it holds the bytes that are on disk now and will live long enough.
 * One that does not is given up, name and all.
 */
async function existingUpload(
  context: SubmitContext,
  batch: number,
  input: InputFacts,
): Promise<Upload | undefined> {
  const record = recordOf(context.store.current(), batch);
  if (record.status !== 'uploaded') return undefined;
  const isUsable =
    record.input.sha256 === input.sha256 && isFileUsable(record.file.expiresAt, serviceTime(context));
  if (isUsable) return { ok: true, value: record };
  await context.store.apply(batch, { type: 'file_gone' });
  return undefined;
}

async function giveUp(
  context: SubmitContext,
  batch: number,
  step: FailedStep,
  failure: ServiceFailure,
): Promise<BatchOutcome> {
  if (stopsTheRun(failure.kind) || failure.kind === 'not_sent')
    throw stopFor(failure, `submit batch ${batch}`);
  if (failure.kind === 'unavailable' && context.outages.add() >= OUTAGES_BEFORE_STOP) {
    throw stopFor(failure, `submit batch ${batch}`);
  }
  return await fail(context, batch, step, failure.reason, failure.message);
}

async function fail(
  context: SubmitContext,
  batch: number,
  step: FailedStep,
  reason: string,
  detail: string,
): Promise<BatchOutcome> {
  const at = context.clock.now().toISOString();
  await context.store.apply(batch, { type: 'failed', step, reason, detail, at });
  context.emit({ event: 'error', batch, step, reason, message: detail });
  return 'failed';
}
