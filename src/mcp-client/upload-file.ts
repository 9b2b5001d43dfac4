import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { isCopyOf } from '../gemini/files.ts';
import type { InputFacts } from '../model/batch-record.ts';
import { BatchSubmitError } from '../model/errors.ts';
import type { RemoteFile, Result, UploadRequest } from '../model/service.ts';
import { failed, failedAnswer, failedCall, type McpContext } from './context.ts';
import { readUploaded } from './tool-answers.ts';

/** What Google's current guide sends. */
const MIME_TYPE = 'jsonl';

/**
 * Lets the server upload the file, under a name that the service chooses. There is no session to resume:
 * one that was cut begins again. With a key of ours the API says what has arrived, and shows that the
 * server works for the same project, before any job is made of it.
 * @throws {BatchSubmitError} `E_KEY_REFUSED` when it works for another one
 */
export async function uploadFile(
  context: McpContext,
  request: UploadRequest,
  signal: AbortSignal,
): Promise<Result<RemoteFile>> {
  const { input, displayName, onProgress } = request;
  const { transferMs, bytesPerSecond } = context.deadlines;
  // A session of an earlier run, with the API itself, is not continued by anybody.
  if (request.sessionUrl !== undefined) await request.onSession(undefined);
  onProgress?.(0);
  const outcome = await context.call({
    tool: 'upload_file',
    parameters: { filePath: resolve(input.path), displayName, mimeType: MIME_TYPE },
    limitMs: transferMs + (input.sizeBytes / bytesPerSecond) * 1000,
    signal,
  });
  if (outcome.kind !== 'said' || outcome.isError) return failedCall(context, 'upload', outcome);
  const told = readUploaded(outcome.text);
  if (told === undefined) return failedCall(context, 'upload', outcome);
  onProgress?.(input.sizeBytes);
  const file = await asStored(context, told, signal);
  return file.ok ? await confirm(context, file.value, input, signal) : file;
}

/** The file as the API describes it, or the server where nobody else can be asked. */
async function asStored(
  { api }: McpContext,
  told: RemoteFile,
  signal: AbortSignal,
): Promise<Result<RemoteFile>> {
  if (api === undefined) return { ok: true, value: told };
  const found = await api.getFile(told.name, signal);
  if (!found.ok) return found;
  if (found.value !== undefined) return { ok: true, value: found.value };
  throw new BatchSubmitError(
    'E_KEY_REFUSED',
    `Cannot submit through the MCP server: it uploaded ${told.name}, which the API key of this run cannot see`,
    {
      hint: 'give both the same GEMINI_API_KEY: a job that this key cannot see could not be found again either',
    },
  );
}

/** Holds what the service has against what was checked. */
async function confirm(
  context: McpContext,
  file: RemoteFile,
  input: InputFacts,
  signal: AbortSignal,
): Promise<Result<RemoteFile>> {
  const isSame = isCopyOf(file, input);
  // Without the service's own hash only an untouched file proves the bytes; with another one it may be the reason.
  if ((!isSame || file.sha256 === undefined) && (await hashOf(input.path, signal)) !== input.sha256) {
    return failed(context, {
      kind: 'input_changed',
      reason: 'CONTENT_CHANGED',
      message: 'the input file was written to during the upload',
    });
  }
  if (!isSame) {
    const sizes = `${file.sizeBytes} of ${input.sizeBytes} bytes`;
    return failedAnswer(context, 'upload', `the service has other bytes than were to be sent (${sizes})`);
  }
  if (!file.active) return failedAnswer(context, 'upload', `${file.name} was uploaded and is not active`);
  return { ok: true, value: file };
}

async function hashOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { signal })) hash.update(piece as Buffer); // no encoding is set
  return hash.digest('hex');
}
