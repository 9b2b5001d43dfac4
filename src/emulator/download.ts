import type { Backend } from './backend.ts';
import { type Call, header } from './call.ts';
import { absentFileReply, errorReply } from './error-replies.ts';
import type { Job } from './job.ts';
import { isFinished } from './job-lifecycle.ts';
import type { DownloadRecord } from './ledger.ts';
import { apiHeaders, type Reply } from './reply.ts';
import type { ResultFile } from './result-files.ts';

/**
 * `:download?alt=media` of a result file. Content-Length, ETag and Range are inferred: no recording
 * of a download's headers is known.
 */
export async function download(backend: Backend, call: Call): Promise<Reply> {
  await call.body.drain();
  const { id } = call.route;
  if (call.url.searchParams.get('alt') !== 'media') {
    return errorReply(400, 'Downloads need the query parameter alt=media.');
  }
  if (backend.files.find(id, call.now) !== undefined) {
    return errorReply(400, `The File ${id} was uploaded and cannot be downloaded.`);
  }
  const job = backend.jobs.findForDownload(id.replace(/^batch-/u, ''), call.now);
  const result =
    id.startsWith('batch-') && job !== undefined ? await findResult(backend, call, job) : undefined;
  if (result === undefined) {
    return absentFileReply(id, backend.settings.absentFileStatus);
  }
  return resultReply(backend, call, result);
}

async function findResult(backend: Backend, call: Call, job: Job): Promise<ResultFile | undefined> {
  if (backend.settings.resultsEndWithJob && job.deletedAt !== undefined) return undefined;
  const phase = backend.jobs.phase(job, call.now);
  if (!isFinished(phase) || !('hasOutput' in phase) || !phase.hasOutput || job.input.from !== 'file')
    return undefined;
  if (call.now >= phase.since + backend.settings.resultTtlMs || call.fault?.kind === 'file_expired')
    return undefined;
  return await backend.results.get(job, phase, job.input.file.path);
}

function resultReply(backend: Backend, call: Call, result: ResultFile): Reply {
  const { ranges, downloadEtag, downloadLength } = backend.settings;
  const { path, sizeBytes } = result;
  const etag = { strong: result.etag, weak: `W/${result.etag}`, none: undefined }[downloadEtag];
  const headers = {
    ...apiHeaders(),
    'Content-Type': 'application/octet-stream',
    ...(etag === undefined ? {} : { ETag: etag }),
    ...(ranges ? { 'Accept-Ranges': 'bytes' } : {}),
  };
  const range = ranges ? readRange(call, sizeBytes, etag) : 'whole';
  if (range === 'unsatisfiable') {
    return { status: 416, headers: { ...headers, 'Content-Range': `bytes */${sizeBytes}` }, body: '' };
  }
  const { start, end } = range === 'whole' ? { start: 0, end: sizeBytes } : range;
  let record: DownloadRecord | undefined;
  const onSent = (bytes: number, complete: boolean): void => {
    record ??= backend.ledger.downloaded(`files/${call.route.id}`, start, call.now);
    Object.assign(record, { bytes, complete });
  };
  const body = { path, start, end };
  const hidesLength = !downloadLength;
  if (range === 'whole') return { status: 200, headers, body, onSent, hidesLength };
  return {
    status: 206,
    headers: { ...headers, 'Content-Range': `bytes ${start}-${end - 1}/${sizeBytes}` },
    body,
    onSent,
    hidesLength,
  };
}

type ByteRange = { readonly start: number; readonly end: number };

/** One range only: a request for several is answered whole, as RFC 9110 allows. */
function readRange(
  call: Call,
  sizeBytes: number,
  etag: string | undefined,
): ByteRange | 'whole' | 'unsatisfiable' {
  const condition = header(call, 'if-range');
  if (condition !== undefined && condition !== etag) return 'whole';
  const parts = /^bytes=(?<first>\d*)-(?<last>\d*)$/u.exec(header(call, 'range') ?? '')?.groups;
  const first = parts?.['first'] ?? '';
  const last = parts?.['last'] ?? '';
  if (first === '' && last === '') return 'whole';
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1);
  return start < end ? { start, end } : 'unsatisfiable';
}
