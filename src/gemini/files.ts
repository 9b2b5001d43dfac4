import { setTimeout as delay } from 'node:timers/promises';
import type { InputFacts } from '../model/batch-record.ts';
import type { FilePage, RemoteFile, Result } from '../model/service.ts';
import { classify, classifyMalformed } from './classify.ts';
import { failed, type GeminiContext } from './context.ts';
import { parseJsonBody } from './json-body.ts';
import { isFileName } from './resource-name.ts';
import { callSdk } from './sdk-call.ts';
import { readFile, type WireFile } from './wire-file.ts';
import { readFilePage } from './wire-file-page.ts';

/** The most that the service gives at once (contract: Files API, list). */
const PAGE_SIZE = 100;

/** `undefined` when there is no such file for this key. */
export async function getFile(
  context: GeminiContext,
  name: string,
  signal: AbortSignal,
): Promise<Result<RemoteFile | undefined>> {
  const found = await getWireFile(context, name, signal);
  return found.ok ? { ok: true, value: found.value?.file } : found;
}

export async function listFiles(
  context: GeminiContext,
  pageToken: string | undefined,
  signal: AbortSignal,
): Promise<Result<FilePage>> {
  const page = pageToken === undefined ? {} : { pageToken };
  const outcome = await callSdk(
    context,
    (sdk, httpOptions) => sdk.files.list({ config: { pageSize: PAGE_SIZE, ...page, httpOptions } }),
    { signal },
  );
  if (outcome.kind !== 'answer' || outcome.status !== 200)
    return failed(context, classify('list', outcome, context.now()));
  const body = parseJsonBody(outcome.body);
  const files = body.ok ? readFilePage(body.value) : undefined;
  if (files !== undefined) return { ok: true, value: files };
  return failed(context, classifyMalformed('list', outcome.status, 'the answer is not a page of files'));
}

export async function deleteFile(
  context: GeminiContext,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Result<void>> {
  if (!isFileName(name)) return badName(context, name);
  const outcome = await callSdk(
    context,
    (sdk, httpOptions) => sdk.files.delete({ name, config: { httpOptions } }),
    {
      signal,
    },
  );
  if (outcome.kind === 'answer' && outcome.status >= 200 && outcome.status < 300)
    return { ok: true, value: undefined };
  const failure = classify('file', outcome, context.now());
  return failure.kind === 'not_found' ? { ok: true, value: undefined } : failed(context, failure);
}

/** Waits until a file just uploaded can be used. JSONL files are at once; the wait has a limit. */
export async function waitUntilActive(
  context: GeminiContext,
  uploaded: WireFile,
  signal: AbortSignal,
): Promise<Result<RemoteFile>> {
  const { processingMs, processingPollMs } = context.transport.deadlines;
  const untilMs = performance.now() + processingMs;
  let current: WireFile | undefined = uploaded;
  while (current?.state === 'PROCESSING' && performance.now() < untilMs) {
    await delay(processingPollMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    const polled = await getWireFile(context, uploaded.file.name, signal);
    if (!polled.ok) return polled;
    current = polled.value;
  }
  if (current?.file.active === true) return { ok: true, value: current.file };
  const state = current?.state ?? 'gone';
  return failed(context, {
    kind: state === 'FAILED' ? 'refused' : 'unavailable',
    reason: `FILE_${state}`,
    message: `the service took the file and reports it as ${state}`,
  });
}

/** True when the remote file holds the bytes that were checked, as far as the service tells. */
export function isCopyOf(file: RemoteFile, input: InputFacts): boolean {
  return file.sizeBytes === input.sizeBytes && (file.sha256 === undefined || file.sha256 === input.sha256);
}

async function getWireFile(
  context: GeminiContext,
  name: string,
  signal: AbortSignal,
): Promise<Result<WireFile | undefined>> {
  if (!isFileName(name)) return badName(context, name);
  const outcome = await callSdk(
    context,
    (sdk, httpOptions) => sdk.files.get({ name, config: { httpOptions } }),
    {
      signal,
    },
  );
  if (outcome.kind === 'answer' && outcome.status === 200) {
    const body = parseJsonBody(outcome.body);
    const file = body.ok ? readFile(body.value) : undefined;
    if (file !== undefined) return { ok: true, value: file };
    return failed(context, classifyMalformed('file', outcome.status, 'the answer is not a file'));
  }
  const failure = classify('file', outcome, context.now());
  return failure.kind === 'not_found' ? { ok: true, value: undefined } : failed(context, failure);
}

function badName(context: GeminiContext, name: string): Result<never> {
  return failed(context, {
    kind: 'refused',
    reason: 'BAD_NAME',
    message: `"${name}" is not the name of a file`,
  });
}
