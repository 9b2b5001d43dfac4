import type { Backend } from './backend.ts';
import { type Call, header } from './call.ts';
import { errorReply, payloadTooLargeReply } from './error-replies.ts';
import { parseJsonObject } from './json.ts';
import { METADATA_LIMIT_BYTES } from './limits.ts';
import { receiveOneShot } from './one-shot-upload.ts';
import { type Reply, textReply, uploadHeaders } from './reply.ts';
import { finishUpload } from './upload-finish.ts';
import { checkUploadRequest, readUploadRequest } from './upload-request.ts';
import {
  CHUNK_GRANULARITY,
  discardBytes,
  receiveBytes,
  stopWriter,
  type UploadSession,
} from './upload-sessions.ts';

/** `start`: opens a session and answers where to send the bytes. The body of the answer is empty. */
export async function startUpload(backend: Backend, call: Call): Promise<Reply> {
  const text = await call.body.text(METADATA_LIMIT_BYTES);
  if (text === undefined) return payloadTooLargeReply(METADATA_LIMIT_BYTES);
  const metadata = text.trim() === '' ? {} : parseJsonObject(text);
  if (metadata === undefined) return errorReply(400, 'Invalid JSON payload received.');
  const request = readUploadRequest(call, metadata);
  const refusal = checkUploadRequest(backend, call, request);
  if (refusal !== undefined) return refusal;

  const session = backend.sessions.open(request);
  planRefusal(session, call);
  const url = `${call.origin}/upload/${call.route.version}/files?upload_id=${session.id}&upload_protocol=resumable`;
  return textReply(200, '', {
    ...uploadHeaders(session.id, 'active'),
    'X-Goog-Upload-Chunk-Granularity': String(CHUNK_GRANULARITY),
    'X-Goog-Upload-URL': url,
    'X-Goog-Upload-Control-URL': url,
    'X-Goog-Upload-Header-Content-Type': 'application/json; charset=UTF-8',
    'X-Goog-Upload-Header-Vary': 'Origin, X-Origin, Referer',
  });
}

/** `upload`, `upload, finalize` and `finalize` on a session, or a whole upload in one request. */
export async function uploadBytes(backend: Backend, call: Call): Promise<Reply | 'dropped'> {
  if (!call.url.searchParams.has('upload_id')) return await oneShotUpload(backend, call);
  const session = await findActive(backend, call);
  if ('body' in session) return session;
  planRefusal(session, call);

  const commands = (header(call, 'x-goog-upload-command') ?? '').split(',').map((command) => command.trim());
  const isLast = commands.includes('finalize');
  if (commands.includes('upload')) {
    // Nothing may be awaited between the last look at the writer and the start of this one.
    while (session.writer !== undefined) await stopWriter(session);
    const problem = findChunkProblem(session, call, isLast);
    if (problem !== undefined) {
      await call.body.drain();
      return refuse(session, problem);
    }
    const ended = await receiveBytes(session, call.body, call.body, cutPoint(call));
    if (!ended) return 'dropped';
  } else if (!isLast) {
    await call.body.drain();
    return refuse(session, `The upload command "${commands.join(', ')}" is not known.`);
  }
  if (session.status !== 'active') return terminated(session);
  if (session.received > backend.settings.maxFileBytes) {
    return await endSession(session, 'File size exceeds the limit.');
  }
  if (isLast) return await finishUpload(backend, call, session);
  return textReply(200, '', uploadHeaders(session.id, 'active'));
}

/** `query` (inferred for Gemini): how much has arrived, or the final answer once more. */
export async function queryUpload(backend: Backend, call: Call): Promise<Reply> {
  await call.body.drain();
  const session = backend.sessions.find(call.url.searchParams.get('upload_id'), call.now);
  if (session === undefined) return textReply(404, 'Upload not found.');
  if (call.fault?.kind === 'dead_session') session.status = 'dead';
  switch (session.status) {
    case 'active':
      await stopWriter(session);
      return textReply(200, '', {
        ...uploadHeaders(session.id, 'active'),
        'X-Goog-Upload-Size-Received': String(session.received),
        'X-Goog-Upload-Chunk-Granularity': String(CHUNK_GRANULARITY),
      });
    case 'final':
      return finalAnswer(backend, session);
    case 'cancelled':
      return textReply(200, '', uploadHeaders(session.id, 'cancelled'));
    case 'dead':
      return terminated(session);
  }
}

function finalAnswer({ settings }: Backend, session: UploadSession): Reply {
  switch (settings.queryAfterFinal) {
    case 'file':
      return session.outcome ?? terminated(session);
    case 'bare':
      return textReply(200, '', uploadHeaders(session.id, 'final'));
    case 'gone':
      return terminated(session);
  }
}

export async function cancelUpload(backend: Backend, call: Call): Promise<Reply> {
  await call.body.drain();
  const session = await findActive(backend, call);
  if ('body' in session) return session;
  await stopWriter(session);
  session.status = 'cancelled';
  await discardBytes(session);
  return textReply(200, '', uploadHeaders(session.id, 'cancelled'));
}

/** The `multipart` and `raw` protocols: metadata (if any) and bytes in a single request. */
async function oneShotUpload(backend: Backend, call: Call): Promise<Reply | 'dropped'> {
  return await receiveOneShot(call, async (metadata, mimeType, source) => {
    const request = { ...readUploadRequest(call, metadata), mimeType, declaredBytes: undefined };
    const refusal = checkUploadRequest(backend, call, request);
    if (refusal !== undefined) {
      await call.body.drain();
      return refusal;
    }
    const session = backend.sessions.open(request);
    planRefusal(session, call);
    const ended = await receiveBytes(session, call.body, source, cutPoint(call));
    return ended ? await finishUpload(backend, call, session) : 'dropped';
  });
}

/** The session to act on, or the answer that says why there is none. */
async function findActive(backend: Backend, call: Call): Promise<UploadSession | Reply> {
  const session = backend.sessions.find(call.url.searchParams.get('upload_id'), call.now);
  if (session !== undefined && call.fault?.kind === 'dead_session') session.status = 'dead';
  if (session?.status === 'active') return session;
  await call.body.drain();
  return session === undefined ? textReply(404, 'Upload not found.') : terminated(session);
}

/** Why a chunk may not be written, judged before its bytes count. The answer to it is inferred. */
function findChunkProblem(session: UploadSession, call: Call, isLast: boolean): string | undefined {
  const offset = Number(header(call, 'x-goog-upload-offset') ?? Number.NaN);
  const { declaredBytes } = call.body;
  if (offset !== session.received) {
    return `The upload offset is wrong: ${session.received} bytes have been received.`;
  }
  return isLast || declaredBytes === undefined || declaredBytes % CHUNK_GRANULARITY === 0
    ? undefined
    : `A chunk that is not the last must be a multiple of ${CHUNK_GRANULARITY} bytes.`;
}

function refuse(session: UploadSession, text: string): Reply {
  return textReply(400, text, {
    ...uploadHeaders(session.id, 'active'),
    'X-Goog-Upload-Size-Received': String(session.received),
  });
}

async function endSession(session: UploadSession, text: string): Promise<Reply> {
  session.status = 'dead';
  await discardBytes(session);
  return textReply(400, text, uploadHeaders(session.id, 'final'));
}

function terminated(session: UploadSession): Reply {
  return textReply(400, 'Upload has already been terminated.', uploadHeaders(session.id, 'final'));
}

function planRefusal(session: UploadSession, call: Call): void {
  const kind = call.fault?.kind;
  if (kind === 'mime_rejected' || kind === 'name_conflict') session.plannedRefusal = kind;
}

function cutPoint(call: Call): number {
  const { fault } = call;
  const cuts = fault?.kind === 'reset_after_bytes' && fault.direction !== 'down';
  return cuts ? (fault.bytes ?? Math.floor((call.body.declaredBytes ?? 0) / 2)) : Number.POSITIVE_INFINITY;
}
