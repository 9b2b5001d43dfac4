import type { IncomingHttpHeaders } from 'node:http';
import { type HttpRequest, type NoAnswer, openExchange, type Transport } from './http-exchange.ts';

/** Control answers are small; anything longer is not from the service we know. */
const LARGEST_CONTROL_BODY = 10 * 1024 * 1024;

export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What became of one request: a complete answer, whatever it says, or none. */
export type HttpOutcome = HttpAnswer | NoAnswer;

/**
 * Sends one request once and reads its whole answer. Redirects are answers and are not followed. A cut
 * body or one above `maxBodyBytes` is no answer. Throws the signal's reason when it is aborted.
 */
export async function httpCall(
  transport: Transport,
  request: HttpRequest,
  signal: AbortSignal | undefined,
  maxBodyBytes: number = LARGEST_CONTROL_BODY,
): Promise<HttpOutcome> {
  const exchange = await openExchange(transport, request, signal);
  if (exchange.kind === 'no_answer') return exchange;
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of exchange.body) {
      size += piece.length;
      if (size > maxBodyBytes) {
        return {
          kind: 'no_answer',
          sent: true,
          code: 'BODY_TOO_LARGE',
          message: `the answer is over ${maxBodyBytes} bytes`,
        };
      }
      pieces.push(piece);
    }
  } catch (error) {
    return exchange.explain(error);
  } finally {
    exchange.close();
  }
  return {
    kind: 'answer',
    status: exchange.status,
    headers: exchange.headers,
    body: Buffer.concat(pieces).toString('utf8'),
  };
}
