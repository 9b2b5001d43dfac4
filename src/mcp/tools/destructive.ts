import { z } from 'zod';
import type { CancelDocument, CancelPlanDocument } from '../../documents/results.ts';
import type { CleanupDocument } from '../../documents/upkeep.ts';
import type { Tool, ToolAnnotations } from '../tool.ts';
import { tool } from '../tool.ts';

const DESTRUCTIVE: ToolAnnotations = {
  destructiveHint: true,
  idempotentHint: true,
};

const batchCancel = tool({
  name: 'batch_cancel',
  description: 'Cancel running jobs of the named batches; without confirm: true shows which.',
  annotations: DESTRUCTIVE,
  input: z.strictObject({ only: z.string(), confirm: z.boolean().optional() }),
  output: z.object({ cancelled: z.number(), would: z.number(), refused: z.number() }),
  run: async ({ only, confirm }, { signal }, box) => {
    await box.confine();
    const how = confirm === true ? { yes: true } : { dryRun: true };
    const { document } = await box.run('cancel', { only, ...how }, { signal });
    const found = document as CancelDocument | CancelPlanDocument; // what `cancel` prints
    return 'batches' in found
      ? { cancelled: 0, would: found.batches.length, refused: 0 }
      : { cancelled: found.requested.length, would: 0, refused: found.refused.length };
  },
});

const batchCleanup = tool({
  name: 'batch_cleanup',
  description: 'Delete uploaded files and finished jobs no longer needed; without confirm: true shows which.',
  annotations: DESTRUCTIVE,
  input: z.strictObject({ confirm: z.boolean().optional() }),
  output: z.object({
    deleted: z.boolean(),
    files: z.number(),
    jobs: z.number(),
    bytes: z.number(),
    failed: z.number(),
  }),
  run: async ({ confirm }, { signal }, box) => {
    await box.confine();
    const { document } = await box.run('cleanup', confirm === true ? { yes: true } : { dryRun: true }, {
      signal,
    });
    const { dryRun, files, jobs, bytes, failed } = document as CleanupDocument; // what `cleanup` prints
    return { deleted: !dryRun, files: files.length, jobs: jobs.length, bytes, failed: failed.length };
  },
});

export const DESTRUCTIVE_TOOLS: readonly Tool[] = [batchCancel, batchCleanup];
