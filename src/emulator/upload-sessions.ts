import { createHash, type Hash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInputScanner, type InputScanner } from './input-scan.ts';
import type { Settings } from './options.ts';
import type { Random } from './random.ts';
import type { Reply } from './reply.ts';
import type { RequestBody } from './request-body.ts';

/** Bytes of a broken-off request are kept in whole blocks of this size (inferred). */
const KEPT_BLOCK_BYTES = 256 * 1024;

/** Every chunk but the last must be a multiple of this many bytes (recorded header value). */
export const CHUNK_GRANULARITY: number = 8 * 1024 * 1024;

/** What the client declared when it opened the session. */
export interface UploadRequest {
  readonly version: string;
  readonly name: string | undefined;
  readonly displayName: string | undefined;
  readonly mimeType: string;
  readonly declaredBytes: number | undefined;
  readonly startedAt: number;
}

/**
 * One resumable upload.
 *
 *   active ──finalize──▶ final (`outcome` is answered to every later query)
 *      ├──cancel──▶ cancelled
 *      └──fault or age──▶ dead
 */
export interface UploadSession extends UploadRequest {
  readonly id: string;
  readonly path: string;
  readonly hash: Hash;
  readonly scanner: InputScanner;
  status: 'active' | 'final' | 'cancelled' | 'dead';
  /** Bytes safely taken over. */
  received: number;
  lastUsedAt: number;
  outcome?: Reply;
  /** An error to answer, in a 200, at the last step. */
  plannedRefusal?: 'mime_rejected' | 'name_conflict';
  writer?: { readonly body: RequestBody; readonly done: Promise<void> };
}

export interface UploadSessions {
  open(request: UploadRequest): UploadSession;
  find(id: string | null, now: number): UploadSession | undefined;
}

export function createUploadSessions(
  directory: string,
  random: Random,
  { sessionTtlMs: ttlMs, damageOnce }: Pick<Settings, 'sessionTtlMs' | 'damageOnce'>,
): UploadSessions {
  const sessions = new Map<string, UploadSession>();
  return {
    open(request) {
      const id = `AAVL${random.token(100)}`;
      const session: UploadSession = {
        ...request,
        id,
        path: join(directory, `upload-${sessions.size + 1}`),
        hash: createHash('sha256'),
        scanner: createInputScanner(damageOnce),
        status: 'active',
        received: 0,
        lastUsedAt: request.startedAt,
      };
      sessions.set(id, session);
      return session;
    },
    find(id, now) {
      const session = sessions.get(id ?? '');
      if (session?.status === 'active' && now - session.lastUsedAt >= ttlMs) session.status = 'dead';
      if (session !== undefined) session.lastUsedAt = now;
      return session;
    },
  };
}

/**
 * Takes over bytes from `source`, at most `limitBytes` of them. A body that breaks off leaves the
 * whole blocks received so far; one that ends leaves everything. Resolves to whether it ended.
 * The caller has stopped any earlier writer, and checks and calls in one turn of the event loop.
 */
export async function receiveBytes(
  session: UploadSession,
  body: RequestBody,
  source: AsyncIterable<Buffer> = body,
  limitBytes: number = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  const receiving = copyBlocks(session, source, limitBytes);
  const writer = { body, done: receiving.then(() => undefined) };
  session.writer = writer;
  try {
    return await receiving;
  } finally {
    if (session.writer === writer) delete session.writer;
  }
}

/**
 * Ends the request that writes to the session, for two writers would tear the file. Others may have
 * waited for the same thing: whoever wants to write looks at `session.writer` again afterwards.
 */
export async function stopWriter(session: UploadSession): Promise<void> {
  const { writer } = session;
  if (writer === undefined) return;
  writer.body.destroy();
  await writer.done;
  if (session.writer === writer) delete session.writer;
}

export async function discardBytes(session: UploadSession): Promise<void> {
  await rm(session.path, { force: true });
}

async function copyBlocks(
  session: UploadSession,
  source: AsyncIterable<Buffer>,
  limitBytes: number,
): Promise<boolean> {
  const file = await open(session.path, 'a', 0o600);
  const commit = async (block: Buffer): Promise<void> => {
    await file.appendFile(block);
    session.hash.update(block);
    session.scanner.push(block);
    session.received += block.length;
  };
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let seen = 0;
  try {
    for await (const chunk of source) {
      const taken = chunk.subarray(0, limitBytes - seen);
      seen += taken.length;
      pending.push(taken);
      pendingBytes += taken.length;
      if (pendingBytes >= KEPT_BLOCK_BYTES) {
        const bytes = Buffer.concat(pending);
        const whole = bytes.length - (bytes.length % KEPT_BLOCK_BYTES);
        await commit(bytes.subarray(0, whole));
        pending = [bytes.subarray(whole)];
        pendingBytes = bytes.length - whole;
      }
      if (seen >= limitBytes) return false;
    }
    await commit(Buffer.concat(pending));
    return true;
  } catch (error) {
    if (isBrokenConnection(error)) return false;
    throw error;
  } finally {
    await file.close();
  }
}

function isBrokenConnection(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return (
    code === 'ECONNRESET' ||
    code === 'ERR_STREAM_PREMATURE_CLOSE' ||
    code === 'ERR_STREAM_DESTROYED' ||
    code === 'ABORT_ERR'
  );
}
