import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

export interface SeenRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Answers one request; `index` counts from 0. */
export type Script = (request: SeenRequest, response: ServerResponse, index: number) => unknown;

/** Gets the request before its body is read; true means that it takes care of everything. */
export type RawScript = (incoming: IncomingMessage, response: ServerResponse) => boolean;

export interface ScriptedServer {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  close(): Promise<void>;
}

/** A server on the loopback interface that does what it is told. */
export async function startScripted(script: Script, raw?: RawScript): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  const server = createServer({ requestTimeout: 0 }, (incoming, response) => {
    if (raw?.(incoming, response) === true) return;
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => pieces.push(piece));
    incoming.on('error', () => undefined);
    incoming.on('end', () => {
      const request = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: Buffer.concat(pieces),
      };
      seen.push(request);
      script(request, response, seen.length - 1);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

export function reply(
  response: ServerResponse,
  status: number,
  body: unknown = '',
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body, undefined, 2);
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers });
  response.end(text);
}

export function googleError(code: number, status: string, message: string, details?: unknown): unknown {
  return { error: { code, status, message, ...(details === undefined ? {} : { details }) } };
}
