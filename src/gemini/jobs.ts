import { jobKindOf } from '../model/job-kind.ts';
import { isSameMark } from '../model/names.ts';
import type { JobSnapshot } from '../model/job.ts';
import type { CreateRequest, JobPage, Result } from '../model/service.ts';
import { type CallKind, classify, classifyMalformed } from './classify.ts';
import { failed, type GeminiContext } from './context.ts';
import { sendEmbeddingJob } from './embedding-calls.ts';
import type { HttpOutcome } from './http-call.ts';
import { parseJsonBody } from './json-body.ts';
import { isFileName, isJobName, isModelName } from './resource-name.ts';
import { callSdk } from './sdk-call.ts';
import { readJob } from './wire-job.ts';
import { readJobPage } from './wire-job-page.ts';

/** Without a page size the service has answered with an empty list (python-genai issue 1250). */
const PAGE_SIZE = 100;

/** A job with inline results carries them, twice over, in every answer. */
const LARGEST_JOB_BODY = 64 * 1024 * 1024;

/**
 * Sends the one create request. It has a connection of its own, so that a kept connection which dies
 * at that moment cannot make the outcome unknown.
 */
export async function createJob(
  context: GeminiContext,
  request: CreateRequest,
): Promise<Result<JobSnapshot>> {
  const { model, displayName, fileName } = request;
  if (!isModelName(model)) return badName(context, model, 'a model');
  if (!isFileName(fileName)) return badName(context, fileName, 'a file');
  const outcome =
    jobKindOf(model) === 'embed'
      ? await sendEmbeddingJob(context, request)
      : await callSdk(
          context,
          (sdk, httpOptions) =>
            sdk.batches.create({ model, src: fileName, config: { displayName, httpOptions } }),
          { fresh: true },
        );
  if (!isSuccess(outcome)) return failed(context, classify('create', outcome, context.now()));
  const job = jobIn(context, outcome.body);
  if (job === undefined || !isJobName(job.name)) {
    return failed(context, classifyMalformed('create', outcome.status, 'the answer names no job'));
  }
  if (
    job.displayName !== undefined &&
    job.displayName !== displayName &&
    !isSameMark(job.displayName, displayName)
  ) {
    return failed(context, classifyMalformed('create', outcome.status, 'the answer describes another job'));
  }
  return { ok: true, value: job };
}

export async function getJob(
  context: GeminiContext,
  name: string,
  signal: AbortSignal,
): Promise<Result<JobSnapshot>> {
  const body = await getJobBody(context, name, signal);
  if (!body.ok) return body;
  const job = readJob(body.value, context.clean);
  if (job === undefined || job.name !== name) {
    return failed(context, classifyMalformed('job', 200, 'the answer is not the job that was asked for'));
  }
  return { ok: true, value: job };
}

/** The job's whole answer, inline results included. */
export async function getJobBody(
  context: GeminiContext,
  name: string,
  signal: AbortSignal,
): Promise<Result<unknown>> {
  if (!isJobName(name)) return badName(context, name, 'a job');
  const outcome = await callSdk(
    context,
    (sdk, httpOptions) => sdk.batches.get({ name, config: { httpOptions } }),
    {
      signal,
      maxBodyBytes: LARGEST_JOB_BODY,
    },
  );
  return readBody(context, 'job', outcome);
}

export async function listJobs(
  context: GeminiContext,
  pageToken: string | undefined,
  signal: AbortSignal,
): Promise<Result<JobPage>> {
  const page = pageToken === undefined ? {} : { pageToken };
  const outcome = await callSdk(
    context,
    (sdk, httpOptions) => sdk.batches.list({ config: { pageSize: PAGE_SIZE, ...page, httpOptions } }),
    { signal },
  );
  const body = readBody(context, 'list', outcome);
  if (!body.ok) return body;
  const jobs = readJobPage(body.value, context.clean);
  if (jobs === undefined)
    return failed(context, classifyMalformed('list', 200, 'the answer is not a whole page of jobs'));
  return { ok: true, value: jobs };
}

export async function cancelJob(
  context: GeminiContext,
  name: string,
  signal: AbortSignal,
): Promise<Result<void>> {
  if (!isJobName(name)) return badName(context, name, 'a job');
  const outcome = await callSdk(
    context,
    (sdk, httpOptions) => sdk.batches.cancel({ name, config: { httpOptions } }),
    {
      signal,
    },
  );
  if (isSuccess(outcome)) return { ok: true, value: undefined };
  return failed(context, classify('cancel', outcome, context.now()));
}

/** An answer of 200 may be empty or an operation: either way the job leaves the listing. */
export async function deleteJob(
  context: GeminiContext,
  name: string,
  signal: AbortSignal,
): Promise<Result<void>> {
  if (!isJobName(name)) return badName(context, name, 'a job');
  const outcome = await callSdk(
    context,
    (sdk, httpOptions) => sdk.batches.delete({ name, config: { httpOptions } }),
    { signal },
  );
  if (isSuccess(outcome)) return { ok: true, value: undefined };
  const failure = classify('job', outcome, context.now());
  return failure.kind === 'not_found' ? { ok: true, value: undefined } : failed(context, failure);
}

function isSuccess(outcome: HttpOutcome): outcome is HttpOutcome & { readonly kind: 'answer' } {
  return outcome.kind === 'answer' && outcome.status >= 200 && outcome.status < 300;
}

function readBody(context: GeminiContext, call: CallKind, outcome: HttpOutcome): Result<unknown> {
  if (!isSuccess(outcome)) return failed(context, classify(call, outcome, context.now()));
  const body = parseJsonBody(outcome.body);
  if (body.ok) return { ok: true, value: body.value };
  return failed(context, classifyMalformed(call, outcome.status, 'the answer is not JSON'));
}

function jobIn(context: GeminiContext, body: string): JobSnapshot | undefined {
  const parsed = parseJsonBody(body);
  return parsed.ok ? readJob(parsed.value, context.clean) : undefined;
}

function badName(context: GeminiContext, name: string, what: string): Result<never> {
  return failed(context, {
    kind: 'refused',
    reason: 'BAD_NAME',
    message: `"${name}" is not the name of ${what}`,
  });
}
