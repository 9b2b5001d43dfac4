import type { JobSnapshot } from '../model/job.ts';
import type { Result } from '../model/service.ts';
import { failedAnswer, failedCall, type McpContext } from './context.ts';
import { requireTools } from './required-tools.ts';
import { readToolJob } from './tool-answers.ts';

/** Asks the server for a job. Where its results are it does not say: it brings them itself. */
export async function getJob(
  context: McpContext,
  name: string,
  signal: AbortSignal,
): Promise<Result<JobSnapshot>> {
  const usable = await requireTools(context, ['batch_get_status'], signal);
  if (!usable.ok) return usable;
  const limitMs = context.deadlines.callMs;
  const outcome = await context.call({
    tool: 'batch_get_status',
    parameters: { batchName: name },
    limitMs,
    signal,
  });
  if (outcome.kind !== 'said' || outcome.isError) return failedCall(context, 'job', outcome);
  const job = readToolJob(outcome.text, context.clean);
  if (job === undefined || job.name !== name)
    return failedAnswer(context, 'job', 'the answer of the MCP server is not the job that was asked for');
  return { ok: true, value: job.state === 'succeeded' ? { ...job, results: { kind: 'inline' } } : job };
}

export async function cancelJob(
  context: McpContext,
  name: string,
  signal: AbortSignal,
): Promise<Result<void>> {
  const usable = await requireTools(context, ['batch_cancel'], signal);
  if (!usable.ok) return usable;
  const limitMs = context.deadlines.callMs;
  const outcome = await context.call({
    tool: 'batch_cancel',
    parameters: { batchName: name },
    limitMs,
    signal,
  });
  if (outcome.kind !== 'said' || outcome.isError) return failedCall(context, 'cancel', outcome);
  return { ok: true, value: undefined };
}
