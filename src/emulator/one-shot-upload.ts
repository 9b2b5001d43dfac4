import { type Call, header } from './call.ts';
import { errorReply } from './error-replies.ts';
import { type JsonObject, parseJsonObject } from './json.ts';
import type { Reply } from './reply.ts';

const PREAMBLE_LIMIT_BYTES = 1024 * 1024;

type Consume = (
  metadata: JsonObject,
  mimeType: string,
  source: AsyncIterable<Buffer>,
) => Promise<Reply | 'dropped'>;

/** Splits a one-request upload into metadata and bytes, and hands both to `consume` as they arrive. */
export async function receiveOneShot(call: Call, consume: Consume): Promise<Reply | 'dropped'> {
  const contentType = header(call, 'content-type') ?? 'application/octet-stream';
  const boundary = /^multipart\/related\b.*;\s*boundary="?(?<boundary>[^";]+)"?/iu.exec(contentType)
    ?.groups?.['boundary'];
  if (boundary === undefined) {
    return await consume({}, header(call, 'x-goog-upload-header-content-type') ?? contentType, call.body);
  }
  const chunks = call.body[Symbol.asyncIterator]();
  const parts = await readPreamble(chunks, boundary);
  if (parts === undefined) {
    await call.body.drain();
    return errorReply(400, 'Malformed multipart body.');
  }
  return await consume(parts.metadata, parts.mimeType, mediaOf(chunks, parts.rest, boundary));
}

interface Preamble {
  readonly metadata: JsonObject;
  readonly mimeType: string;
  readonly rest: Buffer;
}

/** Reads up to the first byte of the second part. */
async function readPreamble(chunks: AsyncIterator<Buffer>, boundary: string): Promise<Preamble | undefined> {
  const pattern = new RegExp(
    `^\\s*--${escape(boundary)}\\r?\\n(?:[^\\r\\n]+\\r?\\n)*\\r?\\n(?<json>[\\s\\S]*?)\\r?\\n--${escape(boundary)}\\r?\\n(?<heads>(?:[^\\r\\n]+\\r?\\n)*)\\r?\\n`,
    'u',
  );
  let bytes = Buffer.alloc(0);
  while (bytes.length < PREAMBLE_LIMIT_BYTES) {
    const next = await chunks.next();
    if (next.done === true) return undefined;
    bytes = Buffer.concat([bytes, next.value]);
    // latin1 keeps one character per byte, so the match length is a byte offset.
    const match = pattern.exec(bytes.toString('latin1'));
    const metadata = parseJsonObject(Buffer.from(match?.groups?.['json'] ?? '', 'latin1').toString('utf8'));
    if (match !== null && metadata !== undefined) {
      const mimeType = /content-type:\s*(?<type>[^\r\n;]+)/iu.exec(match.groups?.['heads'] ?? '')?.groups?.[
        'type'
      ];
      return {
        metadata,
        mimeType: mimeType ?? 'application/octet-stream',
        rest: bytes.subarray(match[0].length),
      };
    }
  }
  return undefined;
}

/** The bytes of the second part: everything up to the closing boundary, which may straddle chunks. */
async function* mediaOf(
  chunks: AsyncIterator<Buffer>,
  first: Buffer,
  boundary: string,
): AsyncGenerator<Buffer> {
  const closing = Buffer.from(`\r\n--${boundary}--`);
  let held = first;
  for (;;) {
    const end = held.indexOf(closing);
    if (end !== -1) {
      yield held.subarray(0, end);
      return;
    }
    const safe = Math.max(0, held.length - closing.length);
    yield held.subarray(0, safe);
    const next = await chunks.next();
    if (next.done === true)
      throw Object.assign(new Error('The multipart body has no end'), { code: 'ECONNRESET' });
    held = Buffer.concat([held.subarray(safe), next.value]);
  }
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/gu, '\\$&');
}
