import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The body of one request, readable once, hashed and counted as it passes. */
export interface RequestBody extends AsyncIterable<Buffer> {
  /** Content-Length, when the client sent one. */
  readonly declaredBytes: number | undefined;
  /** Bytes seen so far. */
  readonly bytes: number;
  /** Hex digest of the bytes seen so far; undefined when there were none. */
  sha256(): string | undefined;
  /** The whole body as text, or undefined when it is larger than `limitBytes` (the rest is discarded). */
  text(limitBytes: number): Promise<string | undefined>;
  /** Reads and discards what is left, so that the client can finish sending and see the answer. */
  drain(): Promise<void>;
  /** Ends the connection the body comes from. */
  destroy(): void;
}

export function createRequestBody(request: IncomingMessage): RequestBody {
  const hash = createHash('sha256');
  let bytes = 0;
  let digest: string | undefined;

  async function* read(): AsyncGenerator<Buffer> {
    // Without destroyOnReturn: false, leaving the loop early would also kill the way back to the client.
    for await (const value of request.iterator({ destroyOnReturn: false })) {
      const chunk = value as Buffer;
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }

  const length = Number(request.headers['content-length']);
  return {
    declaredBytes: Number.isSafeInteger(length) ? length : undefined,
    get bytes() {
      return bytes;
    },
    sha256() {
      if (bytes > 0) digest ??= hash.copy().digest('hex');
      return digest;
    },
    [Symbol.asyncIterator]: read,
    async text(limitBytes) {
      const chunks: Buffer[] = [];
      for await (const chunk of read()) {
        if (bytes <= limitBytes) chunks.push(chunk);
      }
      return bytes <= limitBytes ? Buffer.concat(chunks).toString('utf8') : undefined;
    },
    async drain() {
      if (request.readableEnded || request.destroyed) return;
      for await (const chunk of read()) void chunk;
    },
    destroy: () => request.destroy(),
  };
}
