import type { ServiceFailure } from '../model/failure.ts';
import type { RemoteFile, Result, UploadRequest } from '../model/service.ts';
import { classifyMalformed } from './classify.ts';
import { type Failed, failed, type GeminiContext } from './context.ts';
import { deleteFile, getFile, isCopyOf, waitUntilActive } from './files.ts';
import type { MimePreference } from './mime-preference.ts';
import {
  cancelSession,
  isOwnSession,
  querySession,
  sendRest,
  type SessionAnswer,
  startSession,
} from './upload-session.ts';
import { InputChangedError, openSource, type UploadSource } from './upload-source.ts';
import { readFile } from './wire-file.ts';

const MOST_SESSIONS = 3;
/** Breaks in one session without a byte of progress, after which the caller should wait first. */
const MOST_STALLS = 3;
/** Breaks in one session at all: a server that takes one byte at a time is not worth more. */
const MOST_ROUNDS = 20;

interface Upload {
  readonly context: GeminiContext;
  readonly mimes: MimePreference;
  readonly request: UploadRequest;
  readonly source: UploadSource;
  readonly signal: AbortSignal;
}

/**
 * Brings the file to the service over its resumable protocol: one streamed request for all bytes, and
 * after a break a query and one request for the rest. Success means that the service confirmed the
 * size and the hash of what was checked. The memory it takes does not depend on the file.
 */
export async function uploadFile(
  context: GeminiContext,
  mimes: MimePreference,
  request: UploadRequest,
  signal: AbortSignal,
): Promise<Result<RemoteFile>> {
  let source: UploadSource;
  try {
    source = await openSource(request.input);
  } catch (error) {
    if (error instanceof InputChangedError) return failed(context, error.failure);
    throw error;
  }
  try {
    return await runSessions({ context, mimes, request, source, signal });
  } finally {
    await source.close();
  }
}

async function runSessions(upload: Upload): Promise<Result<RemoteFile>> {
  const { context, mimes, request, signal } = upload;
  const untried = [...mimes.order()];
  let lastFailure: ServiceFailure = {
    kind: 'refused',
    reason: 'UNSUPPORTED_MIME_TYPE',
    message: 'no MIME type to offer',
  };
  let sessionUrl = request.sessionUrl;
  if (sessionUrl !== undefined && !isOwnSession(context, sessionUrl)) {
    // It was begun at another base URL.
    await request.onSession(undefined);
    sessionUrl = undefined;
  }
  let mimeType: string | undefined;
  for (let started = 0; ;) {
    let answer: SessionAnswer;
    if (sessionUrl === undefined) {
      mimeType = untried[0];
      if (started >= MOST_SESSIONS || mimeType === undefined) return failed(context, lastFailure);
      const begun = await startSession(context, request, mimeType, signal);
      if (begun.kind === 'started') {
        started += 1;
        sessionUrl = begun.sessionUrl;
        await request.onSession(sessionUrl);
        answer = await runSession(upload, sessionUrl, 0);
      } else answer = begun;
    } else {
      answer = await runSession(upload, sessionUrl, undefined);
    }

    if (answer.kind === 'complete') {
      if (mimeType !== undefined) mimes.worked(mimeType);
      return await confirm(upload, answer.file);
    }
    // It cannot be: a session ends in one of the other ways.
    if (answer.kind === 'active' || answer.kind === 'unclear')
      throw new Error(`an upload session ended as ${answer.kind}`);
    lastFailure = answer.failure;
    const isOver =
      answer.kind !== 'failed' ||
      answer.failure.kind === 'refused' ||
      answer.failure.kind === 'input_changed';
    if (isOver && sessionUrl !== undefined) await request.onSession(undefined);
    if (answer.kind === 'failed') return failed(context, answer.failure);
    if (answer.kind === 'name_taken') return (await adopt(upload)) ?? failed(context, answer.failure);
    if (answer.kind === 'mime') {
      untried.shift();
      started = 0;
    } else {
      // A session also dies by being completed: look before all bytes are sent again.
      const finished = await adopt(upload);
      if (finished !== undefined) return finished;
    }
    sessionUrl = undefined;
  }
}

/** Sends until the session is over one way or the other. @param known the offset, if no query is needed */
async function runSession(
  upload: Upload,
  sessionUrl: string,
  known: number | undefined,
): Promise<SessionAnswer> {
  const { context, request, source, signal } = upload;
  const size = request.input.sizeBytes;
  let offset = known;
  let best = known ?? -1;
  let stalls = 0;
  let lastFailure: ServiceFailure = classifyMalformed('upload', 200, 'the upload makes no progress');
  for (let round = 0; round < MOST_ROUNDS && stalls < MOST_STALLS; round += 1) {
    if (offset === undefined) {
      const state = await querySession(context, sessionUrl, signal);
      if (state.kind !== 'active') return state;
      // Without a count, or with more than there is, nobody knows what the session holds.
      if (state.received === undefined || state.received > size) {
        return { kind: 'dead', failure: classifyMalformed('upload', 200, 'the upload session lost count') };
      }
      offset = state.received;
      stalls = offset > best ? 0 : stalls + 1;
      best = Math.max(best, offset);
      if (stalls >= MOST_STALLS) break;
    }
    request.onProgress?.(offset);
    let answer: SessionAnswer;
    try {
      const body = await source.bodyFrom(offset, (sent) => request.onProgress?.(sent), signal);
      answer = await sendRest(context, sessionUrl, { offset, length: size - offset, body }, signal);
    } catch (error) {
      if (!(error instanceof InputChangedError)) throw error;
      await cancelSession(context, sessionUrl, signal);
      return { kind: 'failed', failure: error.failure };
    }
    if (answer.kind !== 'unclear' && answer.kind !== 'active') return answer;
    if (answer.kind === 'unclear') lastFailure = answer.failure;
    offset = undefined;
  }
  return { kind: 'failed', failure: { ...lastFailure, kind: 'unavailable' } };
}

/** Holds what the service has against what was checked. A damaged copy must not keep the name. */
async function confirm(upload: Upload, body: unknown): Promise<Result<RemoteFile>> {
  const { context, request, source, signal } = upload;
  const wire = readFile(body);
  if (wire === undefined) {
    const failure = classifyMalformed(
      'upload',
      200,
      'the upload was answered with something that is not a file',
    );
    return (await adopt(upload)) ?? failed(context, failure);
  }
  if (!isCopyOf(wire.file, request.input)) {
    await discard(upload, wire.file.name);
    return failed(context, {
      kind: 'unavailable',
      reason: 'CHECK_FAILED',
      message: `the service has other bytes than were sent (${wire.file.sizeBytes} of ${request.input.sizeBytes} bytes)`,
    });
  }
  // With the service's own hash the bytes are proven; without it only an untouched file proves them.
  if (wire.file.sha256 === undefined && (await source.wasTouched())) {
    await discard(upload, wire.file.name);
    return failed(context, {
      kind: 'input_changed',
      reason: 'CONTENT_CHANGED',
      message: 'the input file was written to during the upload',
    });
  }
  return await waitUntilActive(context, wire, signal);
}

/** The file of our name if it holds our bytes; a failure when that cannot be learnt; undefined if it does not. */
async function adopt(upload: Upload): Promise<Result<RemoteFile> | Failed | undefined> {
  const { context, request, signal } = upload;
  const found = await getFile(context, request.fileName, signal);
  if (!found.ok) return found;
  const file = found.value;
  return file !== undefined && file.active && isCopyOf(file, request.input)
    ? { ok: true, value: file }
    : undefined;
}

async function discard(upload: Upload, name: string): Promise<void> {
  await upload.request.onSession(undefined);
  await deleteFile(upload.context, name, upload.signal);
}
