import { jobKindOf } from '../model/job-kind.ts';
import type { JobSnapshot } from '../model/job.ts';
import type { CreateRequest, Result } from '../model/service.ts';
import { failedAnswer, failedCall, type McpContext } from './context.ts';
import { readToolJob } from './tool-answers.ts';

/**
 * Lets the server make the job, with one call that is never repeated here. Whatever comes of it that does
 * not prove a refusal is `unknown_outcome`: the server may have made the job and died.
 * @param named jobs that this run was told of: no two creates make the same one
 */
export async function createJob(
  context: McpContext,
  { model, displayName, fileName }: CreateRequest,
  named: Set<string>,
): Promise<Result<JobSnapshot>> {
  if (jobKindOf(model) === 'embed') {
    const message = 'the MCP server makes jobs that generate text, and none for an embedding model';
    return { ok: false, failure: { kind: 'refused', reason: 'NO_EMBEDDINGS', message } };
  }
  const outcome = await context.call({
    tool: 'batch_create',
    parameters: { model, inputFileUri: fileName, displayName },
    limitMs: context.deadlines.createMs,
  });
  if (outcome.kind !== 'said' || outcome.isError) return failedCall(context, 'create', outcome);
  const job = readToolJob(outcome.text, context.clean);
  if (job === undefined) return failedAnswer(context, 'create', 'the answer of the MCP server names no job');
  if (named.has(job.name))
    return failedAnswer(context, 'create', 'the answer of the MCP server names the job of another batch');
  named.add(job.name);
  return context.api === undefined ? { ok: true, value: job } : await confirm(context, job, fileName);
}

/**
 * Asks the API for the job that the server named. One that reads another file, or that is not there, is not
 * the batch's, and what became of the create is open. Where nobody answers the name counts: it is not lost.
 */
async function confirm(
  context: McpContext,
  job: JobSnapshot,
  fileName: string,
): Promise<Result<JobSnapshot>> {
  // A create is finished also after Ctrl-C.
  const got = await context.api?.getJob(job.name, new AbortController().signal);
  if (got?.ok === true) {
    if (got.value.inputFile === undefined || got.value.inputFile === fileName) return got;
    return failedAnswer(context, 'create', `the MCP server named ${job.name}, which reads another file`);
  }
  if (got?.failure.kind !== 'not_found') return { ok: true, value: job };
  return failedAnswer(context, 'create', `the MCP server named ${job.name}, which the API does not know`);
}
