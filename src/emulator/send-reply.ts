import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { FileSlice, Reply } from './reply.ts';

const SLOW_STEPS_PER_SECOND = 10;

/** How the bytes of an answer travel. */
export interface Transport {
  /** What happens after `afterBytes` body bytes (half of the body when not given). */
  readonly ending?: 'end' | 'reset' | 'stall';
  readonly afterBytes?: number | undefined;
  readonly bytesPerSecond?: number;
  /** Whether Content-Length tells the true size. Without it a cut body looks complete. */
  readonly honestLength: boolean;
}

export interface SendOptions {
  readonly gzip: boolean;
  readonly date: Date;
}

/** Sends a reply; resolves to whether it ended as planned. Never rejects when the client goes away. */
export async function sendReply(
  response: ServerResponse,
  reply: Reply,
  options: SendOptions,
  transport?: Transport,
): Promise<boolean> {
  const size = bodySize(reply.body);
  const cut =
    transport?.ending === undefined ? size : Math.min(size, transport.afterBytes ?? Math.floor(size / 2));
  const isCompressed = options.gzip && transport === undefined && reply.status === 200 && size > 0;
  response.setHeader('Date', options.date.toUTCString());
  for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value);
  if (isCompressed) response.setHeader('Content-Encoding', 'gzip');
  else if (transport?.honestLength !== false && reply.hidesLength !== true)
    response.setHeader('Content-Length', size);
  response.writeHead(reply.status);

  let sent = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      // Noted before the client can have it: whoever asks right after a download must find it here.
      reply.onSent?.(sent, sent === size);
      done(null, chunk);
    },
  });
  const isSent = await writeBody(response, [bodyStream(reply.body, cut), counter], transport, isCompressed);
  if (!isSent) reply.onSent?.(sent, false);
  return isSent;
}

type Stages = readonly [Readable, Transform];

async function writeBody(
  response: ServerResponse,
  [source, counter]: Stages,
  transport: Transport | undefined,
  isCompressed: boolean,
): Promise<boolean> {
  try {
    if (transport?.ending === 'reset' || transport?.ending === 'stall') {
      response.flushHeaders();
      await pipeline(source, counter, response, { end: false });
      await breakOff(response, transport.ending);
    } else if (isCompressed) {
      await pipeline(source, counter, createGzip(), response);
    } else if (transport?.bytesPerSecond !== undefined) {
      await pipeline(source, counter, throttle(transport.bytesPerSecond), response);
    } else {
      await pipeline(source, counter, response);
    }
    return transport?.ending !== 'reset' && transport?.ending !== 'stall';
  } catch {
    // The client went away, or the emulator closed while it was being served.
    response.destroy();
    return false;
  }
}

async function breakOff(response: ServerResponse, ending: 'reset' | 'stall'): Promise<void> {
  if (ending === 'stall') {
    await new Promise((resolve) => response.once('close', resolve));
    return;
  }
  // The bytes written must reach the client before the reset overtakes them.
  await sleep(20, undefined, { ref: false });
  response.socket?.resetAndDestroy();
}

function bodySize(body: string | FileSlice): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.end - body.start;
}

function bodyStream(body: string | FileSlice, length: number): Readable {
  if (length === 0) return Readable.from([]);
  if (typeof body === 'string') return Readable.from([Buffer.from(body).subarray(0, length)]);
  return createReadStream(body.path, {
    start: body.start,
    end: body.start + length - 1,
    highWaterMark: 256 * 1024,
  });
}

function throttle(bytesPerSecond: number): (source: AsyncIterable<Buffer>) => AsyncGenerator<Buffer> {
  const step = Math.max(1, Math.round(bytesPerSecond / SLOW_STEPS_PER_SECOND));
  return async function* slowly(source) {
    for await (const chunk of source) {
      for (let start = 0; start < chunk.length; start += step) {
        yield chunk.subarray(start, start + step);
        await sleep(1000 / SLOW_STEPS_PER_SECOND, undefined, { ref: false });
      }
    }
  };
}
