import { z } from 'zod';
import type { Tool, ToolAnnotations } from '../tool.ts';
import { tool } from '../tool.ts';
import { work } from '../work.ts';
import { workResult } from '../work-result.ts';
import { choice, pace } from './choice.ts';

/** They spend money once, and calling again goes on where the last call stopped. */
const PAID: ToolAnnotations = {
  destructiveHint: false,
  idempotentHint: true,
};

const spend = { maxBatches: z.number().optional(), confirm: z.boolean().optional(), ...pace };

const batchSubmit = tool({
  name: 'batch_submit',
  description:
    'Upload and create jobs for batches not submitted yet, each exactly once. Works up to maxSeconds; while state is in_progress call again after resumeAfter.',
  annotations: PAID,
  input: z.strictObject({ ...choice, ...spend }),
  output: workResult,
  run: async ({ only, confirm, maxBatches }, call, box) => ({
    ...(await work(
      { tool: 'batch_submit', command: 'submit', options: { only }, confirm, maxBatches },
      call,
      box,
    )),
  }),
});

const batchRun = tool({
  name: 'batch_run',
  description:
    'Do everything: submit what is left, wait for jobs, save and audit results, write the report. Call again while state is in_progress.',
  annotations: PAID,
  input: z.strictObject({ ...choice, ...spend }),
  output: workResult,
  run: async ({ only, confirm, maxBatches }, call, box) => ({
    ...(await work({ tool: 'batch_run', command: 'run', options: { only }, confirm, maxBatches }, call, box)),
  }),
});

const batchRetry = tool({
  name: 'batch_retry',
  description:
    'Send again what failed: whole batches, and rows without a good answer. reason: such as missing,truncated. Then batch_run collects.',
  annotations: PAID,
  input: z.strictObject({
    ...choice,
    ...spend,
    rowsOnly: z.boolean().optional(),
    batchesOnly: z.boolean().optional(),
    reason: z.string().optional(),
  }),
  output: workResult,
  run: async ({ only, confirm, maxBatches, rowsOnly, batchesOnly, reason }, call, box) => ({
    ...(await work(
      {
        tool: 'batch_retry',
        command: 'retry',
        options: { only, rowsOnly, batchesOnly, reason },
        confirm,
        maxBatches,
      },
      call,
      box,
    )),
  }),
});

const batchDownload = tool({
  name: 'batch_download',
  description: 'Save and audit the results of jobs that ended. Sends nothing that is paid.',
  annotations: { destructiveHint: false, idempotentHint: true },
  input: z.strictObject({ ...choice, ...pace }),
  output: workResult,
  run: async ({ only }, call, box) => ({
    ...(await work({ tool: 'batch_download', command: 'download', options: { only } }, call, box)),
  }),
});

export const SEND_TOOLS: readonly Tool[] = [batchSubmit, batchRun, batchRetry];
export const COLLECT_TOOLS: readonly Tool[] = [batchDownload];
