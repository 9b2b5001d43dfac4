import { BatchSubmitError } from '../model/errors.ts';
import type { ServiceFailure } from '../model/failure.ts';
import type { DownloadedResult, Result } from '../model/service.ts';
import { serviceUrl } from './base-url.ts';
import { classify, classifyMalformed } from './classify.ts';
import { agentHeaders, failed, type GeminiContext, keyHeaders } from './context.ts';
import { errorBodyStatus } from './error-body.ts';
import { type Exchange, type NoAnswer, openExchange } from './http-exchange.ts';
import { MOST_HOPS, nextHop } from './redirect.ts';
import { createResultFile, type ResultFile } from './result-file.ts';

/** Requests that one call spends on a body that keeps breaking off. */
const MOST_ATTEMPTS = 4;
/** How much of an error body is read. */
const LONGEST_ERROR_BODY = 64 * 1024;

interface Attempt {
  readonly outcome: 'complete' | 'broken';
  readonly failure?: ServiceFailure;
}

/**
 * Downloads a results file to `toPath`, which must not exist. Result files cannot be looked up (their
 * ids are too long for files.get), so this asks for the content at once. Nothing stays at `toPath`
 * unless the whole body came.
 */
export async function downloadFile(
  context: GeminiContext,
  name: string,
  toPath: string,
  signal: AbortSignal,
): Promise<Result<DownloadedResult>> {
  signal.throwIfAborted();
  const file = await createResultFile(toPath);
  let kept = false;
  try {
    let failure = await downloadFrom(context, `/v1beta/${name}:download?alt=media`, file, signal);
    if (failure !== undefined && isAboutAddress(failure)) {
      // The SDKs use the first address, the guide documents the second: a gateway may know only one.
      await file.restart();
      const second = await downloadFrom(context, `/download/v1beta/${name}:download?alt=media`, file, signal);
      // An address that the server does not know says nothing of the file.
      if (second === undefined || failure.kind !== 'not_found') failure = second;
    }
    if (failure !== undefined) return failed(context, failure);
    const result = await file.finish();
    kept = true;
    return { ok: true, value: result };
  } finally {
    if (!kept) await file.discard();
  }
}

/** True for the answers that a server gives to an address it does not know. */
function isAboutAddress(failure: ServiceFailure): boolean {
  return (failure.httpStatus === 404 || failure.httpStatus === 400) && failure.kind !== 'key_refused';
}

/** Undefined once the whole body is in `file`. */
async function downloadFrom(
  context: GeminiContext,
  path: string,
  file: ResultFile,
  signal: AbortSignal,
): Promise<ServiceFailure | undefined> {
  const url = serviceUrl(context.baseUrl, path);
  let etag: string | undefined;
  let failure: ServiceFailure | undefined;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const from = etag === undefined ? 0 : file.receivedBytes();
    const exchange = await openWithRedirects(context, url, rangeHeaders(from, etag), signal);
    if (exchange.kind === 'refused') return exchange.failure;
    if (exchange.kind === 'no_answer') {
      return classify('download', exchange, context.now());
    }
    try {
      const resumes = exchange.status === 206 && from > 0 && isContinuation(exchange, from, etag);
      if (exchange.status === 200 && file.receivedBytes() > 0) await file.restart();
      if (exchange.status !== 200 && !resumes) {
        // The range is not what was asked for: begin again, without one.
        if (from > 0 && (exchange.status === 206 || exchange.status === 416 || exchange.status === 412)) {
          etag = undefined;
          continue;
        }
        return await refusal(context, exchange);
      }
      if (exchange.status === 200) etag = strongEtag(exchange);
      const received = await receive(context, exchange, file);
      if (received.outcome === 'complete') return received.failure;
      failure = received.failure;
    } finally {
      exchange.close();
    }
  }
  return failure ?? classifyMalformed('download', 206, 'the server gives wrong ranges of the file');
}

type Opened = Exchange | NoAnswer | { readonly kind: 'refused'; readonly failure: ServiceFailure };

async function openWithRedirects(
  context: GeminiContext,
  start: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Opened> {
  let url = start;
  let withKey = true;
  for (let hop = 0; ; hop += 1) {
    const exchange = await openExchange(
      context.transport,
      {
        method: 'GET',
        url,
        headers: {
          ...(withKey ? keyHeaders(context) : agentHeaders(context)),
          'accept-encoding': 'identity',
          ...headers,
        },
      },
      signal,
    );
    if (exchange.kind === 'no_answer' || ![301, 302, 303, 307, 308].includes(exchange.status))
      return exchange;
    exchange.close();
    const next = hop < MOST_HOPS ? nextHop(context.baseUrl, url, exchange.headers.location) : undefined;
    if (next === undefined) {
      const what = 'the download was redirected to a place that is not trusted';
      const failure = { ...classifyMalformed('download', exchange.status, what), reason: 'REDIRECT_REFUSED' };
      return { kind: 'refused', failure };
    }
    // A key that was once left behind stays behind, also when a chain leads home.
    ({ url } = next);
    withKey = withKey && next.withKey;
  }
}

async function receive(context: GeminiContext, exchange: Exchange, file: ResultFile): Promise<Attempt> {
  const { headers } = exchange;
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
    const failure = classifyMalformed(
      'download',
      exchange.status,
      'the body is compressed although that was not asked for',
    );
    return { outcome: 'complete', failure };
  }
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    // Such a body ends where the connection ends: nobody can tell whether that was its end.
    const failure = classifyMalformed(
      'download',
      exchange.status,
      'the body has neither a length nor an end mark',
    );
    return { outcome: 'complete', failure };
  }
  const head: Buffer[] = [];
  let headBytes = 0;
  try {
    for await (const piece of exchange.body) {
      if (headBytes <= LONGEST_ERROR_BODY) head.push(piece);
      headBytes += piece.length;
      await file.append(piece);
    }
  } catch (error) {
    if (error instanceof BatchSubmitError) throw error;
    return { outcome: 'broken', failure: classify('download', exchange.explain(error), context.now()) };
  }
  if (exchange.status === 206 || headBytes > LONGEST_ERROR_BODY) return { outcome: 'complete' };
  const body = Buffer.concat(head).toString('utf8');
  const status = errorBodyStatus(body, headers['content-type']);
  if (status === undefined) return { outcome: 'complete' };
  const answer = { kind: 'answer', status, headers, body } as const;
  return { outcome: 'complete', failure: classify('download', answer, context.now()) };
}

async function refusal(context: GeminiContext, exchange: Exchange): Promise<ServiceFailure> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of exchange.body) {
      pieces.push(piece);
      size += piece.length;
      if (size > LONGEST_ERROR_BODY) break;
    }
  } catch (error) {
    return classify('download', exchange.explain(error), context.now());
  }
  const { status, headers } = exchange;
  const body = Buffer.concat(pieces).toString('utf8');
  if (status >= 200 && status < 300)
    return classifyMalformed('download', status, `HTTP ${status} is not a download`);
  return classify('download', { kind: 'answer', status, headers, body }, context.now());
}

function rangeHeaders(from: number, etag: string | undefined): Readonly<Record<string, string>> {
  return from > 0 && etag !== undefined ? { range: `bytes=${from}-`, 'if-range': etag } : {};
}

/** A weak ETag does not promise equal bytes. */
function strongEtag(exchange: Exchange): string | undefined {
  const { etag } = exchange.headers;
  return etag !== undefined && /^"[^"]*"$/.test(etag) ? etag : undefined;
}

function isContinuation(exchange: Exchange, from: number, etag: string | undefined): boolean {
  const range = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/.exec(exchange.headers['content-range'] ?? '');
  if (range === null) return false;
  const [, first, last, total] = range;
  const sameEtag = exchange.headers.etag === undefined || exchange.headers.etag === etag;
  return sameEtag && Number(first) === from && Number(last) === Number(total) - 1;
}
