import { setMaxListeners } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import { errorCode, errorMessage } from './error-code.ts';
import type { Deadlines, RequestInfo } from './options.ts';
import { createPace } from './pace.ts';
import { type BodyWriter, feedBody, type Feeding } from './request-body.ts';
import type { ServiceClock } from './service-clock.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | BodyWriter | undefined;
  /**
   * True gives the request a connection of its own. A kept connection may be closed by the server just
   * as it is used again, and then nobody knows whether the request was read.
   */
  readonly fresh?: boolean | undefined;
  /** Limit for the whole exchange, answer included. */
  readonly totalMs?: number | undefined;
}

/** No complete answer came. `sent` is false only when not one byte of the request can have left. */
export interface NoAnswer {
  readonly kind: 'no_answer';
  readonly sent: boolean;
  /** `ECONNRESET`, `ENOTFOUND`, `HEADERS_TIMEOUT`, … */
  readonly code: string;
  readonly message: string;
}

/** An answer whose headers are here and whose body is on its way. `close` must be called in the end. */
export interface Exchange {
  readonly kind: 'open';
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Throws when the body is cut; pass the error to `explain`. */
  readonly body: AsyncIterable<Buffer>;
  readonly close: () => void;
  /** Turns an error of `body` into a value; throws the signal's reason when it was aborted. */
  readonly explain: (error: unknown) => NoAnswer;
}

export interface Transport {
  readonly deadlines: Deadlines;
  readonly agents: { readonly http: http.Agent; readonly https: https.Agent };
  readonly onRequest: ((info: RequestInfo) => void) | undefined;
  /** Hears of the date of every answer. */
  readonly serviceClock: ServiceClock;
}

export function createTransport(
  deadlines: Deadlines,
  onRequest: ((info: RequestInfo) => void) | undefined,
  serviceClock: ServiceClock,
): Transport {
  // Node's default of 250 ms per address gives up on slow links that would have connected.
  const settings = { keepAlive: true, autoSelectFamilyAttemptTimeout: 2500 };
  return {
    deadlines,
    onRequest,
    serviceClock,
    agents: { http: new http.Agent(settings), https: new https.Agent(settings) },
  };
}

/**
 * Sends one request and resolves when the headers of its answer are here. It is written on node:http
 * and not on fetch, because fetch buffers streamed bodies, has no connect deadline of its own, and does
 * not say whether a request left. Throws the signal's reason, or what the body writer threw.
 */
export async function openExchange(
  transport: Transport,
  request: HttpRequest,
  signal: AbortSignal | undefined,
): Promise<Exchange | NoAnswer> {
  signal?.throwIfAborted();
  const startedMs = performance.now();
  const secure = request.url.protocol === 'https:';
  const outgoing = (secure ? https : http).request(request.url, {
    method: request.method,
    headers: headersOf(request),
    agent: request.fresh === true ? false : transport.agents[secure ? 'https' : 'http'],
  });
  let sent = false;
  const watchdog = startWatchdog((error) => outgoing.destroy(error), request.totalMs);
  watchdog.expect('CONNECT_TIMEOUT', transport.deadlines.connectMs);
  const feeding = feedBody(outgoing, request.body, watchdog, transport.deadlines);
  outgoing.once('socket', (socket) => {
    const connected = (): void => {
      sent = true;
      watchdog.expect('HEADERS_TIMEOUT', transport.deadlines.headersMs);
      feeding.begin();
    };
    if (outgoing.reusedSocket) connected();
    else socket.once(secure ? 'secureConnect' : 'connect', connected);
  });
  const onAbort = (): void => {
    outgoing.destroy(new Error('aborted'));
  };
  if (signal !== undefined) {
    // A run has one signal for all its requests, and Node takes more than ten listeners for a leak.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', onAbort, { once: true });
  }
  const settle = (): void => {
    feeding.stop();
    watchdog.stop();
    signal?.removeEventListener('abort', onAbort);
  };
  const explain = (error: unknown): NoAnswer => {
    settle();
    signal?.throwIfAborted();
    return { kind: 'no_answer', sent, code: errorCode(error), message: errorMessage(error) };
  };
  const report = (status?: number, requestId?: string): void => {
    const ms = Math.round(performance.now() - startedMs);
    transport.onRequest?.({ method: request.method, path: request.url.pathname, status, ms, requestId });
  };

  try {
    const incoming = await answerOf(outgoing, feeding);
    transport.serviceClock.note(incoming.headers.date);
    report(incoming.statusCode, headerText(incoming.headers['x-request-id']));
    return {
      kind: 'open',
      status: incoming.statusCode ?? 0,
      headers: incoming.headers,
      body: readPieces(incoming, watchdog, transport.deadlines),
      close: () => {
        settle();
        // A connection in the middle of something cannot be used again, and one whose answer nobody
        // read would keep the process alive.
        if (!incoming.readableEnded || !outgoing.writableFinished) outgoing.destroy();
      },
      explain,
    };
  } catch (error) {
    report();
    outgoing.destroy();
    const noAnswer = explain(error);
    // What the writer threw is not a matter of the network, and goes to the caller as it is.
    await feeding.done;
    return noAnswer;
  }
}

async function answerOf(outgoing: http.ClientRequest, feeding: Feeding): Promise<http.IncomingMessage> {
  feeding.done.catch((error: unknown) =>
    outgoing.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  try {
    return await new Promise<http.IncomingMessage>((resolve, reject) => {
      outgoing.once('response', (incoming) => {
        // An error before the body is read would otherwise have no listener and end the process.
        incoming.on('error', () => undefined);
        resolve(incoming);
      });
      outgoing.on('error', reject);
      outgoing.once('close', () => reject(new Error('the connection was closed without an answer')));
    });
  } finally {
    feeding.stop();
  }
}

async function* readPieces(
  incoming: http.IncomingMessage,
  watchdog: Watchdog,
  deadlines: Deadlines,
): AsyncGenerator<Buffer> {
  const pace = createPace(deadlines);
  let waitingSinceMs = performance.now();
  watchdog.expect('IDLE_TIMEOUT', deadlines.idleMs);
  for await (const piece of incoming) {
    // The reader may take its time; only the network is on the clock.
    watchdog.pause();
    if (Buffer.isBuffer(piece)) {
      pace.moved(piece.length, performance.now() - waitingSinceMs);
      yield piece;
    }
    waitingSinceMs = performance.now();
    watchdog.expect('IDLE_TIMEOUT', deadlines.idleMs);
  }
  watchdog.stop();
  if (!incoming.complete) throw new Error('the answer was cut');
}

function headersOf(request: HttpRequest): Record<string, string> {
  if (typeof request.body === 'function') return { ...request.headers };
  const length = Buffer.byteLength(request.body ?? '');
  return request.method === 'GET'
    ? { ...request.headers }
    : { ...request.headers, 'content-length': `${length}` };
}

function headerText(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value.replaceAll(/[^\w.:-]/g, '').slice(0, 100) : undefined;
}
