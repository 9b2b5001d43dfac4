import { z } from 'zod';
import { jobOf, type BatchRecord } from '../../model/batch-record.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { bareModel } from '../../model/names.ts';
import { isSubmitted, recordOf } from '../../model/submission-state.ts';
import { tool, type Tool, type ToolCall, type ToolResult } from '../tool.ts';
import { findByFile } from './find-batch.ts';
import { generationConfig, inlineRequests, linesOf, type GenerationConfig } from './inline-requests.ts';
import { viewOf } from './job-view.ts';
import { chooseOutput } from './choose-output.ts';
import type { CompatParts } from './parts.ts';
import { placeBytes, settingsFor, type PlacedInput } from './place-input.ts';
import { send, type Sending } from './send.ts';

interface Wish {
  readonly model?: string | undefined;
  readonly inputFileUri?: string | undefined;
  readonly displayName?: string | undefined;
  readonly requests?: readonly Readonly<Record<string, unknown>>[] | undefined;
  readonly outputLocation?: string | undefined;
  readonly config?: GenerationConfig | undefined;
}

export function createBatchTool(parts: CompatParts): Tool {
  return tool({
    name: 'batch_create',
    description:
      'Create the batch job of an uploaded file, or of inline requests, exactly once: called again it gives the job that exists. Paid.',
    annotations: { destructiveHint: false, idempotentHint: true },
    failure: 'Error creating batch job',
    input: z.strictObject({
      model: z.string().optional(),
      inputFileUri: z.string().optional(),
      displayName: z.string().max(200).optional(),
      requests: inlineRequests.optional(),
      outputLocation: z.string().optional(),
      config: generationConfig.optional(),
    }),
    output: z.record(z.string(), z.unknown()),
    run: (wish, call) => parts.inTurn('batch_create', call, () => create(wish, call, parts)),
  });
}

async function create(wish: Wish, call: ToolCall, parts: CompatParts): Promise<ToolResult> {
  await parts.box.confine();
  const output =
    wish.outputLocation === undefined
      ? (await parts.settings()).output
      : await chooseOutput(wish.outputLocation, parts);
  const placed = await placeWish(wish, parts);
  const before = recordOf(await parts.state(), placed.batch);
  const wasThere = hasLiveJob(before);
  if (!wasThere) await sendWish(wish, before, placed, call, parts);
  const record = recordOf(await parts.state(), placed.batch);
  refuseOtherModel(wish, record);
  if (!hasLiveJob(record)) throw notCreated(record);
  const { batchName, displayName, state, createTime } = viewOf({ batch: placed.batch, record });
  return {
    message: wasThere ? 'Batch job exists already; no other was made' : 'Batch job created',
    batchName,
    displayName,
    state,
    createTime,
    model: jobOf(record)?.model ?? wish.model ?? null,
    outputLocation: output,
    nextSteps: [
      `Call batch_get_status with batchName "${batchName}"`,
      'Once its state is JOB_STATE_SUCCEEDED, call batch_download_results',
    ],
  };
}

async function placeWish(wish: Wish, parts: CompatParts): Promise<Pick<PlacedInput, 'batch' | 'settings'>> {
  const { inputFileUri, requests, config } = wish;
  const state = await parts.state();
  if (requests !== undefined && inputFileUri === undefined)
    return await placeBytes([linesOf(requests, config)], parts, state);
  if (inputFileUri === undefined || requests !== undefined) {
    throw new BatchSubmitError(
      'E_USAGE',
      'Cannot tell what to create: one of inputFileUri and requests is needed',
      {
        hint: 'call upload_file, and give its fileUri as inputFileUri',
      },
    );
  }
  if (config !== undefined) {
    throw new BatchSubmitError('E_USAGE', 'Cannot apply "config" to a file: each request carries its own', {
      hint: 'write it into the file, as "generationConfig" of each request, or give the requests inline',
    });
  }
  const batch = findByFile(state, inputFileUri);
  return { batch, settings: settingsFor(state, batch, parts) };
}

async function sendWish(
  wish: Wish,
  before: BatchRecord,
  placed: Pick<PlacedInput, 'batch' | 'settings'>,
  call: ToolCall,
  parts: CompatParts,
): Promise<void> {
  refuseOtherModel(wish, before);
  if (parts.box.budget.left() < 1) {
    throw new BatchSubmitError('E_USAGE', 'Cannot create another job: this server may create no more', {
      hint: 'let the user start it again with a higher `--max-batches`',
    });
  }
  const settings = {
    ...(wish.model === undefined ? {} : { model: bareModel(wish.model) }),
    ...(wish.displayName === undefined ? {} : { 'display-name': wish.displayName }),
  };
  const how: Sending = endedBadly(before) ? { command: 'retry', options: { batchesOnly: true } } : {};
  await send('batch_create', parts, placed, call, { ...how, settings });
}

/** The batch has a job that runs, or has answers. */
function hasLiveJob(record: BatchRecord): boolean {
  return isSubmitted(record) && !endedBadly(record);
}

/** Only a retry makes another job, and only for those that are over. What was refused before a job goes anyway. */
function endedBadly({ status, ...record }: BatchRecord): boolean {
  if (status === 'expired' || status === 'cancelled') return true;
  return status === 'failed' && 'step' in record && record.step !== 'input' && record.step !== 'upload';
}

/** One content is one batch: another model for it would be another job, and the first one would be forgotten. */
function refuseOtherModel({ model }: Wish, record: BatchRecord): void {
  const sent =
    'intent' in record ? record.intent.model : hasLiveJob(record) ? jobOf(record)?.model : undefined;
  if (model === undefined || sent === undefined || bareModel(model) === bareModel(sent)) return;
  throw new BatchSubmitError(
    'E_USAGE',
    `Cannot create a job of ${model}: the same requests were sent to ${sent}`,
    { hint: 'send them to another model from another folder, with `batch-submit mcp --cwd <dir>`' },
  );
}

function notCreated(record: BatchRecord): BatchSubmitError {
  if (record.status === 'uncertain' || record.status === 'creating') {
    return new BatchSubmitError(
      'E_UNCERTAIN',
      'Cannot tell yet whether the job was made: the answer to the create was lost',
      { hint: 'call batch_create again in a minute; the job is looked up, and not made twice' },
    );
  }
  const fact =
    record.status === 'failed' ? `${record.reason}: ${record.detail}` : `the batch is ${record.status}`;
  return new BatchSubmitError('E_REFUSED', `Cannot create the job: ${fact}`, {
    hint: 'correct what is named here, and call batch_create again',
  });
}
