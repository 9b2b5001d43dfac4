import type { IncomingHttpHeaders } from 'node:http';
import type { Backend } from './backend.ts';
import type { FaultRule } from './fault-rule.ts';
import type { Reply } from './reply.ts';
import type { RequestBody } from './request-body.ts';
import type { Route } from './router.ts';

/** One request on its way through the emulator. */
export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** Scheme and host as the client sees them, for the URLs in answers. */
  readonly origin: string;
  readonly route: Route;
  readonly body: RequestBody;
  /** The emulator's time at which the request came in. */
  readonly now: number;
  /** The fault chosen for this request, for handlers whose effect it changes. */
  readonly fault: FaultRule | undefined;
}

/** `dropped`: the connection is gone and there is nobody to answer. */
export type Handler = (backend: Backend, call: Call) => Reply | 'dropped' | Promise<Reply | 'dropped'>;

/** The key of the request, from its header or its query. */
export function keyOf(call: Call): string {
  return header(call, 'x-goog-api-key') ?? call.url.searchParams.get('key') ?? '';
}

/** A request header as one string, undefined when absent. */
export function header(call: Call, name: string): string | undefined {
  const value = call.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
