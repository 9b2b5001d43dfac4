import type { FailureKind, ServiceFailure } from '../model/failure.ts';
import type { UploadRequest } from '../model/service.ts';
import { serviceUrl } from './base-url.ts';
import { classify, classifyMalformed } from './classify.ts';
import { agentHeaders, type GeminiContext, keyHeaders } from './context.ts';
import { parseGoogleError } from './google-error.ts';
import { httpCall, type HttpAnswer, type HttpOutcome } from './http-call.ts';
import { isRecord, parseJsonBody } from './json-body.ts';
import type { BodyWriter } from './request-body.ts';
import { wholeNumber } from './wire-number.ts';

/**
 * What the service says of an upload session (Google's resumable protocol, X-Goog-Upload-*):
 * `active` it waits for more from `received` on · `complete` the file is there · `unclear` ask with a
 * query · `dead` it takes nothing any more · `mime` and `name_taken` the file was refused for that ·
 * `failed` end this call, the session may live on.
 */
export type SessionAnswer =
  | { readonly kind: 'active'; readonly received: number | undefined }
  | { readonly kind: 'complete'; readonly file: unknown }
  | {
      readonly kind: 'unclear' | 'dead' | 'mime' | 'name_taken' | 'failed';
      readonly failure: ServiceFailure;
    };

export type StartAnswer =
  | { readonly kind: 'started'; readonly sessionUrl: string }
  | { readonly kind: 'mime' | 'name_taken' | 'failed'; readonly failure: ServiceFailure };

/** Failures that a new session would meet again. */
const ENDS_THE_CALL: ReadonlySet<FailureKind> = new Set([
  'rate_limited',
  'storage_full',
  'no_quota',
  'key_refused',
]);

/** Google's own clients query after these: the offset was wrong, or the server is behind. */
const ASK_AFTER: ReadonlySet<number> = new Set([308, 400, 409, 412, 416]);

export async function startSession(
  context: GeminiContext,
  request: UploadRequest,
  mimeType: string,
  signal: AbortSignal,
): Promise<StartAnswer> {
  const size = `${request.input.sizeBytes}`;
  const raw = await httpCall(
    context.transport,
    {
      method: 'POST',
      url: serviceUrl(context.baseUrl, '/upload/v1beta/files'),
      headers: {
        ...keyHeaders(context),
        'content-type': 'application/json',
        'x-goog-upload-protocol': 'resumable',
        'x-goog-upload-command': 'start',
        'x-goog-upload-header-content-length': size,
        'x-goog-upload-header-content-type': mimeType,
      },
      body: JSON.stringify({
        file: { name: request.fileName, displayName: request.displayName, mimeType, sizeBytes: size },
      }),
      totalMs: context.transport.deadlines.callMs,
    },
    signal,
  );
  const outcome = unwrapError(raw);
  if (outcome.kind === 'no_answer' || !isSuccess(outcome)) {
    const refusal = outcome.kind === 'answer' ? refusalOf(outcome) : undefined;
    return refusal ?? { kind: 'failed', failure: classify('upload', outcome, context.now()) };
  }
  const sessionUrl = header(outcome, 'x-goog-upload-url');
  if (sessionUrl === undefined)
    return { kind: 'failed', failure: malformed(outcome, 'no upload session was given') };
  if (!isOwnSession(context, sessionUrl)) {
    // The address itself is not shown: it may hold a capability of somebody's.
    const failure: ServiceFailure = {
      kind: 'refused',
      reason: 'FOREIGN_SESSION',
      message: 'the upload session is on another server than the base URL; nothing was sent there',
    };
    return { kind: 'failed', failure };
  }
  return { kind: 'started', sessionUrl };
}

/** Sends everything that is left and completes the file, in one streamed request. */
export async function sendRest(
  context: GeminiContext,
  sessionUrl: string,
  rest: { readonly offset: number; readonly length: number; readonly body: BodyWriter },
  signal: AbortSignal,
): Promise<SessionAnswer> {
  const outcome = await httpCall(
    context.transport,
    {
      method: 'POST',
      url: new URL(sessionUrl),
      headers: {
        ...agentHeaders(context),
        'content-length': `${rest.length}`,
        'x-goog-upload-command': 'upload, finalize',
        'x-goog-upload-offset': `${rest.offset}`,
      },
      body: rest.body,
    },
    signal,
  );
  return readAnswer(context, outcome, 'unclear');
}

/** Asks how much has arrived. */
export async function querySession(
  context: GeminiContext,
  sessionUrl: string,
  signal: AbortSignal,
): Promise<SessionAnswer> {
  const outcome = await command(context, sessionUrl, 'query', signal);
  return readAnswer(context, outcome, 'dead');
}

/** Gives the session up, as a courtesy: whether it worked does not matter. */
export async function cancelSession(
  context: GeminiContext,
  sessionUrl: string,
  signal: AbortSignal,
): Promise<void> {
  await command(context, sessionUrl, 'cancel', signal);
}

/** True when bytes may be sent to `sessionUrl`: same scheme, host and port as the base URL. */
export function isOwnSession(context: GeminiContext, sessionUrl: string): boolean {
  if (!URL.canParse(sessionUrl)) return false;
  const url = new URL(sessionUrl);
  return url.origin === context.baseUrl.origin && url.username === '' && url.password === '';
}

async function command(
  context: GeminiContext,
  sessionUrl: string,
  name: 'query' | 'cancel',
  signal: AbortSignal,
): Promise<HttpOutcome> {
  return await httpCall(
    context.transport,
    {
      method: 'POST',
      url: new URL(sessionUrl),
      headers: { ...agentHeaders(context), 'x-goog-upload-command': name },
      totalMs: context.transport.deadlines.callMs,
    },
    signal,
  );
}

/** @param otherwise what a 4xx means that says nothing of the session's state */
function readAnswer(context: GeminiContext, raw: HttpOutcome, otherwise: 'unclear' | 'dead'): SessionAnswer {
  const outcome = unwrapError(raw);
  const failure = classify('upload', outcome, context.now());
  // After a query that failed there is nothing left to ask: the caller waits and comes back.
  const askAgain = otherwise === 'dead' ? 'failed' : 'unclear';
  if (outcome.kind === 'no_answer') return { kind: askAgain, failure };
  const refusal = refusalOf(outcome);
  if (refusal !== undefined) return refusal;
  const state = header(outcome, 'x-goog-upload-status');
  if (isSuccess(outcome)) {
    if (state === 'active') {
      return { kind: 'active', received: wholeNumber(header(outcome, 'x-goog-upload-size-received')) };
    }
    const file = fileOf(outcome);
    if (state === 'final' && file !== undefined) return { kind: 'complete', file };
    if (state === 'final' || state === 'cancelled') {
      return { kind: 'dead', failure: malformed(outcome, `the upload session is ${state} and gave no file`) };
    }
    return { kind: askAgain, failure: malformed(outcome, 'the upload was answered without a status') };
  }
  if (ENDS_THE_CALL.has(failure.kind)) return { kind: 'failed', failure };
  if (state === 'final' || state === 'cancelled') {
    return { kind: failure.kind === 'refused' ? 'failed' : 'dead', failure };
  }
  if (outcome.status >= 500 || outcome.status === 408) return { kind: askAgain, failure };
  if (/\balready been terminated\b/i.test(outcome.body)) return { kind: 'dead', failure };
  return { kind: ASK_AFTER.has(outcome.status) ? otherwise : 'dead', failure };
}

/** An error body under a 2xx, as the last step of an upload may answer, is read as the error it is. */
function unwrapError(outcome: HttpOutcome): HttpOutcome {
  if (outcome.kind === 'no_answer' || !isSuccess(outcome)) return outcome;
  const error = parseGoogleError(outcome.body);
  if (error === undefined) return outcome;
  const status = error.code !== undefined && error.code >= 400 && error.code <= 599 ? error.code : 500;
  return { ...outcome, status };
}

/** The two refusals that have an answer of their own: another MIME type, and a look at what is there. */
function refusalOf(
  outcome: HttpAnswer,
): { readonly kind: 'mime' | 'name_taken'; readonly failure: ServiceFailure } | undefined {
  const error = parseGoogleError(outcome.body);
  if (error === undefined) return undefined;
  const failure = { kind: 'refused', httpStatus: outcome.status, message: error.message } as const;
  if (/\bunsupported mime ?type\b/i.test(error.message)) {
    return { kind: 'mime', failure: { ...failure, reason: 'UNSUPPORTED_MIME_TYPE' } };
  }
  if (error.status === 'ALREADY_EXISTS' || /\balready exists\b/i.test(error.message)) {
    return { kind: 'name_taken', failure: { ...failure, reason: 'ALREADY_EXISTS' } };
  }
  return undefined;
}

function fileOf(answer: HttpAnswer): unknown {
  const parsed = parseJsonBody(answer.body);
  return parsed.ok && isRecord(parsed.value) ? parsed.value['file'] : undefined;
}

function isSuccess(answer: HttpAnswer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

function header(answer: HttpAnswer, name: string): string | undefined {
  const value = answer.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function malformed(answer: HttpAnswer, what: string): ServiceFailure {
  return classifyMalformed('upload', answer.status, what);
}
