import type { Backend } from './backend.ts';
import { type Call, header } from './call.ts';
import { errorReply, malformedFileNameReply } from './error-replies.ts';
import { type JsonObject, objectField, stringField } from './json.ts';
import { storageFullReply } from './quota-replies.ts';
import type { Reply } from './reply.ts';
import type { UploadRequest } from './upload-sessions.ts';

/** Reads the metadata of an upload from its headers and the `file` member of its body. */
export function readUploadRequest(call: Call, metadata: JsonObject): UploadRequest {
  const file = objectField(metadata, 'file') ?? {};
  const declared = header(call, 'x-goog-upload-header-content-length');
  return {
    version: call.route.version,
    name: stringField(file, 'name')?.replace(/^files\//u, ''),
    displayName: stringField(file, 'displayName'),
    mimeType:
      header(call, 'x-goog-upload-header-content-type') ??
      stringField(file, 'mimeType') ??
      'application/octet-stream',
    declaredBytes: declared !== undefined && /^\d+$/u.test(declared) ? Number(declared) : undefined,
    startedAt: call.now,
  };
}

/** Why the upload may not begin, judged before a byte is sent. */
export function checkUploadRequest(
  { settings, files }: Backend,
  call: Call,
  request: UploadRequest,
): Reply | undefined {
  const { name, displayName, declaredBytes = 0 } = request;
  if (name !== undefined && name.length > 40) {
    return errorReply(
      400,
      "* CreateFileRequest.file.name: File ID (name excluding 'files/') cannot be more than 40 characters.\n",
    );
  }
  if (name !== undefined && !/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/u.test(name)) return malformedFileNameReply();
  if (displayName !== undefined && displayName.length > 512) {
    return errorReply(400, '* CreateFileRequest.file.display_name: must be no more than 512 characters.\n');
  }
  if (name !== undefined && settings.nameConflict === 'start_409' && files.isTaken(name, call.now)) {
    return errorReply(409, `${name} already exists.`, { status: 'ALREADY_EXISTS' });
  }
  if (declaredBytes > settings.maxFileBytes) return errorReply(400, 'File size exceeds the limit.');
  const isFull = files.usedBytes(call.now) + declaredBytes > settings.storageBytes;
  return isFull ? storageFullReply(settings.storageBytes) : undefined;
}
