import type { Backend } from './backend.ts';
import { type Call, keyOf } from './call.ts';
import { errorReply } from './error-replies.ts';
import type { Job } from './job.ts';
import { batchBody, listedBody, operationBody } from './job-body.ts';
import { finishedBy, isFinished } from './job-lifecycle.ts';
import { compact, field, parseJsonObject, stringField } from './json.ts';
import { METADATA_LIMIT_BYTES } from './limits.ts';
import { cutPage } from './pages.ts';
import { jsonReply, type Reply } from './reply.ts';

export async function getJob(backend: Backend, call: Call): Promise<Reply> {
  await call.body.drain();
  const job = findJob(backend, call);
  return job === undefined ? errorReply(404) : jsonReply(operationBody(backend, job, call.now));
}

/** Newest first, unless `listOrder` says otherwise. An empty list is `{}`. */
export async function listJobs(backend: Backend, call: Call): Promise<Reply> {
  await call.body.drain();
  const { settings, jobs } = backend;
  const query = call.url.searchParams;
  if (settings.listNeedsPageSize && !query.has('pageSize') && !query.has('page_size')) return jsonReply({});
  const newestFirst = jobs
    .list(call.now)
    .filter((job) => job.createdAt + settings.listLagMs <= call.now && isShown(backend, call, job, 'list'));
  const visible = settings.listOrder === 'newest_first' ? newestFirst : newestFirst.toReversed();
  const page = cutPage(visible, {
    query,
    defaultSize: settings.listDefaultPageSize,
    maxSize: settings.listMaxPageSize,
    refusesLarger: settings.listOversize === 'refused',
    empty: call.fault?.kind === 'empty_page',
  });
  if ('status' in page) return page;
  const operations = page.items.map((job) => listedBody(backend, job, call.now));
  return jsonReply(
    compact({
      operations: operations.length === 0 ? undefined : operations,
      nextPageToken: page.nextPageToken,
    }),
  );
}

/** Takes effect at once. Repeating it, or cancelling a finished job, follows `cancelFinished` (inferred). */
export async function cancelJob(backend: Backend, call: Call): Promise<Reply> {
  await call.body.drain();
  const { jobs, settings, ledger } = backend;
  const job = findJob(backend, call);
  if (job === undefined) return errorReply(404);
  const phase = jobs.phase(job, call.now);
  if (isFinished(phase)) {
    if (settings.cancelFinished === 'empty') return jsonReply({});
    return errorReply(400, 'Operation is already finished and cannot be cancelled.', {
      status: 'FAILED_PRECONDITION',
    });
  }
  job.cancellation = {
    atMs: call.now,
    wasRunning: phase.state === 'running',
    finished: phase.state === 'running' ? finishedBy(job, call.now) : 0,
  };
  ledger.cancelled(`batches/${job.id}`, call.now);
  return jsonReply({});
}

export async function deleteJob(backend: Backend, call: Call): Promise<Reply> {
  await call.body.drain();
  const job = findJob(backend, call);
  if (job === undefined) return errorReply(404);
  job.deletedAt = call.now;
  backend.ledger.deleted(`batches/${job.id}`, call.now);
  return jsonReply({});
}

/** `update…Batch` answers the batch resource, not an operation (documented). */
export async function updateJob(backend: Backend, call: Call): Promise<Reply> {
  const changes = parseJsonObject((await call.body.text(METADATA_LIMIT_BYTES)) ?? '');
  const job = findJob(backend, call);
  if (job === undefined) return errorReply(404);
  if (changes === undefined) return errorReply(400, 'Invalid JSON payload received.');
  const mask = (
    call.url.searchParams.get('updateMask') ??
    call.url.searchParams.get('update_mask') ??
    '*'
  ).split(',');
  applyUpdate(job, changes, (path) => mask.includes('*') || mask.includes(path));
  return jsonReply(batchBody(backend, job, call.now));
}

function findJob(backend: Backend, call: Call): Job | undefined {
  const job = backend.jobs.find(call.route.id, call.now);
  return job !== undefined && isShown(backend, call, job, 'get') ? job : undefined;
}

/** Whether the key of the request may see the job in this way. */
function isShown({ settings, ledger }: Backend, call: Call, job: Job, way: 'list' | 'get'): boolean {
  const sees = settings.otherKeySees;
  return sees === 'all' || sees === way || job.owner === ledger.hashKey(keyOf(call));
}

function applyUpdate(
  job: Job,
  changes: Readonly<Record<string, unknown>>,
  isMasked: (path: string) => boolean,
): void {
  const displayName = stringField(changes, 'displayName');
  const priority = field(changes, 'priority');
  if (displayName !== undefined && (isMasked('displayName') || isMasked('display_name'))) {
    job.updatedDisplayName = displayName;
  }
  if ((typeof priority === 'string' || typeof priority === 'number') && isMasked('priority')) {
    job.priority = String(priority);
  }
}
