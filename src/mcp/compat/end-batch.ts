import { z } from 'zod';
import type { CancelDocument, CancelPlanDocument } from '../../documents/results.ts';
import type { CleanupDocument } from '../../documents/upkeep.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { capText } from '../cap.ts';
import { tool, type Tool, type ToolAnnotations } from '../tool.ts';
import { refreshedJob } from './batch-status.ts';
import { findByJob } from './find-batch.ts';
import { viewOf } from './job-view.ts';
import type { CompatParts } from './parts.ts';

const DESTRUCTIVE: ToolAnnotations = { destructiveHint: true, idempotentHint: true };

const input = z.strictObject({ batchName: z.string() });
const output = z.record(z.string(), z.unknown());

export function cancelBatchTool(parts: CompatParts): Tool {
  return tool({
    name: 'batch_cancel',
    description: 'Cancel a running batch job.',
    annotations: DESTRUCTIVE,
    failure: 'Error cancelling batch job',
    input,
    output,
    run: async ({ batchName }, call) => {
      await parts.box.confine();
      const before = viewOf(await refreshedJob({ batchName, name: 'batch_cancel' }, call, parts));
      if (before.isComplete) {
        throw new BatchSubmitError('E_REFUSED', `Cannot cancel the job: it is ${before.state} already`, {
          hint: 'call batch_download_results for what it answered',
        });
      }
      const { batch } = findByJob(await parts.state(), batchName);
      const { document } = await parts.inTurn('batch_cancel', call, () =>
        parts.box.run('cancel', { from: batch, to: batch, yes: true }, { signal: call.signal }),
      );
      const done = document as CancelDocument | CancelPlanDocument; // what `cancel` prints
      if (!('requested' in done) || !done.requested.includes(batch)) {
        throw new BatchSubmitError('E_REFUSED', 'Cannot cancel the job: the service refused', {
          hint: 'call batch_get_status to see how it stands',
        });
      }
      const view = viewOf(findByJob(await parts.state(), batchName));
      return {
        message: 'Cancellation requested',
        batchName: view.batchName,
        state: view.state,
        note: 'It may take a moment; answers that were made until then can still be downloaded',
        stats: view.stats,
      };
    },
  });
}

export function deleteBatchTool(parts: CompatParts): Tool {
  return tool({
    name: 'batch_delete',
    description: 'Delete a batch job that ended and whose results are saved, at the service.',
    annotations: DESTRUCTIVE,
    failure: 'Error deleting batch job',
    input,
    output,
    run: async ({ batchName }, call) => {
      await parts.box.confine();
      const view = viewOf(await refreshedJob({ batchName, name: 'batch_delete' }, call, parts));
      const { batchName: name, displayName, state, stats } = view;
      const { document } = await parts.inTurn('batch_delete', call, () =>
        parts.box.run(
          'cleanup',
          { jobs: true, yes: true },
          { signal: call.signal, flags: { 'only-job': name } },
        ),
      );
      const cleaned = document as CleanupDocument; // what `cleanup` prints
      if (!cleaned.jobs.some((job) => job.name === name)) throw notDeleted(name, cleaned);
      return {
        message: 'Batch job deleted',
        deletedJob: { name, displayName, state, stats },
        warning: 'The service has no trace of it any more; its results are on disk',
      };
    },
  });
}

function notDeleted(name: string, { failed, kept }: CleanupDocument): BatchSubmitError {
  const failure = failed.find((one) => one.name === name);
  const reason = kept.find((one) => one.name === name)?.reason;
  const fact =
    failure === undefined
      ? (reason ?? 'the service does not list it')
      : `${failure.reason}: ${failure.message}`;
  return new BatchSubmitError('E_REFUSED', `Cannot delete the job: ${capText(fact.replaceAll('_', ' '))}`, {
    hint: 'call batch_download_results first; `batch-submit cleanup --dry-run` tells what is kept, and why',
  });
}
