import { type FileHandle, open } from 'node:fs/promises';
import type { InputFacts } from '../model/batch-record.ts';
import type { ServiceFailure } from '../model/failure.ts';
import { type BlockHash, createBlockHash } from './block-hash.ts';
import { errorCode, errorMessage } from './error-code.ts';
import type { BodyWriter } from './request-body.ts';

/** Bytes read and sent at a time; three such blocks are all the memory an upload takes. */
const PIECE_BYTES = 1024 * 1024;

/** The file is not what was checked. */
export class InputChangedError extends Error {
  readonly failure: ServiceFailure;

  constructor(reason: string, message: string) {
    super(message);
    this.name = 'InputChangedError';
    this.failure = { kind: 'input_changed', reason, message };
  }
}

/** An input file held open for the whole upload, so that a rename cannot swap it. */
export interface UploadSource {
  /**
   * Makes a body of everything from `offset` on, after hashing everything before it. The body holds back
   * its last piece until the hash is right: a file that was edited is never completed on the service.
   * Both throw InputChangedError.
   */
  readonly bodyFrom: (
    offset: number,
    onSent: (offset: number) => void,
    signal: AbortSignal,
  ) => Promise<BodyWriter>;
  /** True when the file was written to since it was opened. */
  readonly wasTouched: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

/** Throws InputChangedError when the file is gone or has another size than `input` says. */
export async function openSource(input: InputFacts): Promise<UploadSource> {
  let file: FileHandle;
  try {
    file = await open(input.path, 'r');
  } catch (error) {
    throw new InputChangedError(errorCode(error), `the input file cannot be read: ${errorMessage(error)}`);
  }
  try {
    const before = await file.stat({ bigint: true });
    if (!before.isFile() || before.size !== BigInt(input.sizeBytes)) {
      throw new InputChangedError(
        'SIZE_CHANGED',
        `the input file has ${before.size} bytes, not ${input.sizeBytes}`,
      );
    }
    let hash: BlockHash | undefined;
    return {
      bodyFrom: async (offset, onSent, signal) => {
        hash?.close();
        const fresh = createBlockHash(input.sizeBytes);
        hash = fresh;
        await hashHead(file, fresh, offset, signal);
        if (offset === input.sizeBytes) await checkHash(fresh, input);
        return (write) => sendRest(file, input, { offset, hash: fresh }, onSent, write);
      },
      wasTouched: async () => {
        const after = await file.stat({ bigint: true });
        return after.size !== before.size || after.mtimeNs !== before.mtimeNs;
      },
      close: async () => {
        hash?.close();
        await file.close();
      },
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function hashHead(file: FileHandle, hash: BlockHash, end: number, signal: AbortSignal): Promise<void> {
  const ring = createRing(hash, end);
  let hashing: Promise<void> = Promise.resolve();
  for (let offset = 0, turn = 0; offset < end; turn += 1) {
    signal.throwIfAborted();
    const piece = await readPiece(file, ring(turn), offset, end);
    offset += piece.length;
    // One piece is read while the one before it is hashed.
    await hashing;
    hashing = handled(hash.update(piece));
  }
  await hashing;
}

async function sendRest(
  file: FileHandle,
  input: InputFacts,
  start: { readonly offset: number; readonly hash: BlockHash },
  onSent: (offset: number) => void,
  write: (piece: Buffer) => Promise<boolean>,
): Promise<void> {
  const size = input.sizeBytes;
  const { hash } = start;
  let { offset } = start;
  if (offset === size) return;
  // One piece is on the wire, one is hashed, one is read.
  const ring = createRing(hash, size - offset);
  const readNext = (turn: number, from: number): Promise<Buffer> | undefined =>
    from >= size ? undefined : handled(readPiece(file, ring(turn), from, size));
  let sending: Promise<boolean> = Promise.resolve(true);
  let hashing: Promise<void> = Promise.resolve();
  let reading = readNext(0, offset);
  try {
    for (let turn = 1; reading !== undefined; turn += 1) {
      const piece: Buffer = await reading;
      const before = offset;
      offset += piece.length;
      // It is read over the piece before the last one, which was hashed and sent a turn ago.
      reading = readNext(turn, offset);
      await hashing;
      hashing = handled(hash.update(piece));
      if (offset === size) await checkHash(hash, input);
      if (!(await sending)) return;
      if (before > start.offset) onSent(before);
      sending = write(piece);
    }
    if (await sending) onSent(size);
  } finally {
    // The file may be closed only when no read is on its way.
    await reading?.catch(() => undefined);
  }
}

/** Three blocks that are used in turn, made as they are needed: most files are smaller than one. */
function createRing(hash: BlockHash, leftBytes: number): (turn: number) => Buffer {
  const blocks: Buffer[] = [];
  return (turn) => (blocks[turn % 3] ??= hash.block(Math.min(PIECE_BYTES, leftBytes)));
}

/** It is awaited in the next round; until then its failure must not count as unhandled. */
function handled<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}

async function readPiece(file: FileHandle, buffer: Buffer, from: number, to: number): Promise<Buffer> {
  const wanted = Math.min(buffer.length, to - from);
  let got = 0;
  while (got < wanted) {
    const { bytesRead } = await file.read(buffer, got, wanted - got, from + got);
    if (bytesRead === 0)
      throw new InputChangedError('SIZE_CHANGED', 'the input file became shorter during the upload');
    got += bytesRead;
  }
  return buffer.subarray(0, wanted);
}

async function checkHash(hash: BlockHash, input: InputFacts): Promise<void> {
  if ((await hash.digest()) === input.sha256) return;
  throw new InputChangedError('CONTENT_CHANGED', 'the input file was edited after it was checked');
}
