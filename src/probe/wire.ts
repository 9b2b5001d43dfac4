import type { IncomingHttpHeaders } from 'node:http';
import { serviceUrl } from '../gemini/base-url.ts';
import { type NoAnswer, openExchange, type Transport } from '../gemini/http-exchange.ts';
import { parseJsonBody } from '../gemini/json-body.ts';
import type { Clock } from '../model/clock.ts';
import { Unanswered } from './question.ts';
import type { Recorder } from './recorder.ts';

export interface WireRequest {
  /** Begins with the question's number; names the fixture. */
  readonly label: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** A path below the base URL, or a whole address. */
  readonly to: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Default `first`. */
  readonly key?: 'first' | 'second' | 'none';
  /** False for a create, which must not be sent twice when its answer is lost. Default true. */
  readonly isRepeatable?: boolean;
  /** How much of the body is read, default 10 MiB. */
  readonly mostBytes?: number;
  /** It concerns somebody else's job: neither its address nor its body is recorded. */
  readonly isForeign?: boolean;
  /** The address is a capability and is not recorded. */
  readonly hasSecretAddress?: boolean;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Undefined when the body is not JSON. */
  readonly json: unknown;
}

/** Sends one request and gives its answer, whatever it says; throws `Unanswered` when none comes. */
export type Wire = (request: WireRequest) => Promise<WireAnswer>;

export interface WireOptions {
  readonly transport: Transport;
  readonly baseUrl: URL;
  readonly keys: { readonly first: string; readonly second: string | undefined };
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Absent for requests that say nothing new. */
  readonly recorder?: Recorder;
}

const MOST_BYTES = 10 * 1024 * 1024;

/** Before what may be sent again is: a quota or a bad moment of the service must not decide a question. */
const PAUSES_MS: readonly number[] = [2000, 5000, 15_000];
const PASSING: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

export function createWire(options: WireOptions): Wire {
  return async (request) => {
    const { clock, signal } = options;
    for (const pauseMs of PAUSES_MS) {
      const outcome = await sendOnce(options, request);
      if (!mayRepeat(request, outcome)) return settled(request, outcome);
      await clock.sleep(pauseMs, signal);
    }
    return settled(request, await sendOnce(options, request));
  };
}

type Outcome = WireAnswer | NoAnswer;

function mayRepeat({ isRepeatable }: WireRequest, outcome: Outcome): boolean {
  if ('kind' in outcome) return isRepeatable !== false || !outcome.sent;
  return isRepeatable === false ? outcome.status === 429 : PASSING.has(outcome.status);
}

function settled(request: WireRequest, outcome: Outcome): WireAnswer {
  if (!('kind' in outcome)) return outcome;
  throw new Unanswered(`${request.label}: no answer came (${outcome.code})`);
}

async function sendOnce(options: WireOptions, request: WireRequest): Promise<Outcome> {
  const { transport, baseUrl, recorder, signal } = options;
  const { method, to, body } = request;
  const url = typeof to === 'string' ? serviceUrl(baseUrl, to) : to;
  const headers = {
    'accept-encoding': 'identity',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...request.headers,
  };
  const exchange = await openExchange(
    transport,
    { method, url, headers: { ...headers, ...keyHeader(options, request) }, body, fresh: true },
    signal,
  );
  if (exchange.kind === 'no_answer') return exchange;
  try {
    const text = await readStart(exchange.body, request.mostBytes ?? MOST_BYTES);
    const { status, headers: answered } = exchange;
    recorder?.keep({
      label: request.label,
      method,
      url,
      requestHeaders: headers,
      requestBody: body,
      status,
      headers: answered,
      isForeign: request.isForeign === true,
      hasSecretAddress: request.hasSecretAddress === true,
      body: text,
    });
    const parsed = parseJsonBody(text);
    return { status, headers: answered, text, json: parsed.ok ? parsed.value : undefined };
  } catch (error) {
    return exchange.explain(error);
  } finally {
    exchange.close();
  }
}

/** The key goes to the origin of the base URL and nowhere else. */
function keyHeader(
  { baseUrl, keys }: WireOptions,
  { to, key = 'first' }: WireRequest,
): Record<string, string> {
  const isHome = typeof to === 'string' || to.origin === baseUrl.origin;
  const value = key === 'none' || !isHome ? undefined : keys[key];
  return value === undefined ? {} : { 'x-goog-api-key': value };
}

async function readStart(body: AsyncIterable<Buffer>, mostBytes: number): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    pieces.push(piece);
    size += piece.length;
    if (size >= mostBytes) break;
  }
  return Buffer.concat(pieces).subarray(0, mostBytes).toString('utf8');
}
