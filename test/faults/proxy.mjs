import { once } from 'node:events';
import { Agent, createServer, request as sendRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * One request as it passes. A fault is an object with some of the steps below; a step that returns
 * `'over'` has answered, or cut the connection, itself.
 *
 * | step | when |
 * |---|---|
 * | `before` | the request is here, the service has not seen it |
 * | `after` | the service has acted and answered, the client knows nothing of it |
 * | `replied` | the client has the whole answer |
 * @typedef {object} Exchange
 * @property {string} endpoint as the emulator names it
 * @property {number} ordinal 1-based, among the requests of this endpoint
 * @property {number} sinceDelete the same, counted from the first `files.delete`; 0 before it
 * @property {string} method
 * @property {string} path
 * @property {Buffer} body
 * @property {{ status: number, headers: Record<string, string>, body: Buffer } | undefined} reply
 * @property {(status: number, headers: Record<string, string>, body: string | Buffer) => 'over'} answer
 * @property {(bytes: string | Buffer) => 'over'} raw sends these bytes in place of an answer, and ends the connection
 * @property {() => 'over'} cut resets the connection
 * @property {(ms: number) => 'over'} commitLater cuts, and lets the request reach the service that much later
 */

/**
 * A proxy in front of the emulator that knows exactly where each request stands. The emulator's own
 * faults are not used, so that what is believed of a fault does not depend on the thing that records it.
 * @param {object} options
 * @param {number} options.upstreamPort
 * @param {(method: string, url: URL, command: string | undefined) => { endpoint: string }} options.findRoute
 * @param {(exchange: Exchange) => object | undefined} options.choose the fault for a request, if any
 * @param {(exchange: Exchange) => void} [options.onArrival] called before anything else, with an empty body
 * @param {(exchange: Exchange) => void} [options.onBody] called when the body is here as well
 * @param {number} [options.pageSize] asked of the service instead of what the client wanted
 */
export async function startProxy(options) {
  const agent = new Agent({ keepAlive: true });
  const counts = new Map();
  const countsSinceDelete = new Map();
  const late = [];
  let isDeleting = false;

  function describe(incoming, outgoing) {
    const url = new URL(incoming.url, 'http://127.0.0.1');
    const { endpoint } = options.findRoute(incoming.method, url, incoming.headers['x-goog-upload-command']);
    if (endpoint === 'batches.list' && options.pageSize !== undefined) {
      url.searchParams.set('pageSize', String(options.pageSize));
    }
    isDeleting ||= endpoint === 'files.delete';
    const exchange = {
      endpoint,
      ordinal: count(counts, endpoint),
      sinceDelete: isDeleting ? count(countsSinceDelete, endpoint) : 0,
      method: incoming.method,
      path: `${url.pathname}${url.search}`,
      body: Buffer.alloc(0),
      reply: undefined,
      answer(status, headers, body) {
        outgoing.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
        outgoing.end(body);
        return 'over';
      },
      raw(bytes) {
        incoming.socket.end(bytes);
        return 'over';
      },
      cut() {
        incoming.socket.resetAndDestroy();
        return 'over';
      },
      commitLater(ms) {
        late.push(delay(ms).then(() => forward(incoming, exchange)));
        return exchange.cut();
      },
    };
    return exchange;
  }

  async function forward(incoming, exchange) {
    const upstream = sendRequest({
      host: '127.0.0.1',
      port: options.upstreamPort,
      agent,
      method: exchange.method,
      path: exchange.path,
      // The host header stays: addresses the service hands out must lead back through here.
      headers: { ...incoming.headers, connection: 'keep-alive' },
    });
    upstream.end(exchange.body);
    const [reply] = await once(upstream, 'response');
    return { status: reply.statusCode, headers: endToEnd(reply.headers), body: await readAll(reply) };
  }

  async function serve(incoming, outgoing) {
    const exchange = describe(incoming, outgoing);
    options.onArrival?.(exchange);
    exchange.body = await readAll(incoming);
    options.onBody?.(exchange);
    const fault = options.choose(exchange);
    if ((await fault?.before?.(exchange)) === 'over') return;
    exchange.reply = await forward(incoming, exchange);
    if ((await fault?.after?.(exchange)) === 'over') return;
    if (incoming.socket.destroyed) return;
    outgoing.sendDate = false;
    outgoing.writeHead(exchange.reply.status, exchange.reply.headers);
    outgoing.end(exchange.reply.body);
    await once(outgoing, 'close');
    await fault?.replied?.(exchange);
  }

  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 65_000 }, (incoming, outgoing) => {
    // A client that was killed in the middle of a request is what this is for.
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** How many requests came, by endpoint. */
    counts,
    /** Resolves when no delayed request is on its way any more. */
    settled: () => Promise.all(late),
    async close() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}

function count(counts, name) {
  const next = (counts.get(name) ?? 0) + 1;
  counts.set(name, next);
  return next;
}

/** @returns {Promise<Buffer>} */
async function readAll(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

function endToEnd(headers) {
  const {
    connection: _connection,
    'keep-alive': _keepAlive,
    'transfer-encoding': _coding,
    ...rest
  } = headers;
  return rest;
}
