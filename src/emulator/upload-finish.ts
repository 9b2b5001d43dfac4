import type { Backend } from './backend.ts';
import type { Call } from './call.ts';
import { fileBody } from './file-body.ts';
import type { StoredFile } from './file-store.ts';
import type { JsonObject } from './json.ts';
import { storageFullReply } from './quota-replies.ts';
import { prettyJson, type Reply, uploadHeaders } from './reply.ts';
import { formatTimestamp } from './timestamps.ts';
import { discardBytes, type UploadSession } from './upload-sessions.ts';

/** Turns a complete session into a file, or into the refusal that the last step brings. */
export async function finishUpload(backend: Backend, call: Call, session: UploadSession): Promise<Reply> {
  const refusal = findRefusal(backend, session);
  session.status = 'final';
  if (refusal === undefined) {
    const file = commitFile(backend, call, session);
    // The bytes took their time: what holds is the time now, not when the request came in.
    const { clock, sha256Form } = backend.settings;
    const view = { now: clock.now(), origin: call.origin, version: session.version, sha256Form };
    const body = { file: fileBody(file, view) };
    session.outcome = finalReply(session, body);
  } else {
    await discardBytes(session);
    session.outcome = refusal;
  }
  return session.outcome;
}

function finalReply(session: UploadSession, body: JsonObject, status: number = 200): Reply {
  return {
    status,
    headers: {
      'Content-Type': 'application/json; charset=UTF-8',
      Vary: 'Origin, X-Origin, Referer',
      ...uploadHeaders(session.id, 'final'),
    },
    body: prettyJson(body),
  };
}

function findRefusal(backend: Backend, session: UploadSession): Reply | undefined {
  const { settings, files } = backend;
  const now = settings.clock.now();
  if (session.declaredBytes !== undefined && session.declaredBytes !== session.received) {
    const message = `Received ${session.received} bytes, but the upload was started for ${session.declaredBytes} bytes.`;
    return finalReply(session, { error: { code: 400, message, status: 'INVALID_ARGUMENT' } }, 400);
  }
  if (session.plannedRefusal === 'mime_rejected' || settings.rejectMimeTypes.includes(session.mimeType)) {
    const message = `Unsupported MIME type: ${session.mimeType}`;
    return finalReply(session, { error: { code: 400, message, status: 'INVALID_ARGUMENT' } });
  }
  const taken =
    session.name !== undefined && settings.nameConflict !== 'none' && files.isTaken(session.name, now);
  if (taken || session.plannedRefusal === 'name_conflict') {
    const error = { message: `${session.name ?? 'file'} already exists.`, code: 409 };
    return settings.nameConflict === 'end_409'
      ? finalReply(session, { error: { ...error, status: 'ALREADY_EXISTS' } }, 409)
      : finalReply(session, { error });
  }
  if (files.usedBytes(now) + session.received > settings.storageBytes) {
    const { status, body } = storageFullReply(settings.storageBytes);
    return { ...finalReply(session, {}, status), body };
  }
  return undefined;
}

function commitFile(backend: Backend, call: Call, session: UploadSession): StoredFile {
  const { settings, random } = backend;
  const delayMs = call.fault?.kind === 'delayed_commit' ? (call.fault.delayMs ?? 0) : 0;
  const createdAt = settings.clock.now() + delayMs;
  const expiresAt = session.startedAt + settings.fileTtlMs;
  const file: StoredFile = {
    id: session.name ?? random.fileIds.id(12),
    displayName: session.displayName,
    mimeType: session.mimeType,
    sizeBytes: session.received,
    sha256: session.hash.digest('hex'),
    path: session.path,
    scan: session.scanner.finish(),
    createdAt,
    createTime: formatTimestamp(createdAt, 6, random.timestamps),
    expiresAt,
    expirationTime: formatTimestamp(expiresAt, 9, random.timestamps),
    activeAt: createdAt + settings.processingMs,
  };
  backend.files.add(file);
  return file;
}
