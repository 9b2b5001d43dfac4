import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { InputFacts } from '../model/batch-record.ts';
import type { ServiceFailure } from '../model/failure.ts';
import { errorCode, errorMessage } from './error-code.ts';
import type { BodyWriter } from './request-body.ts';

/** Bytes read and sent at a time; three such buffers are all the memory an upload takes. */
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
    return {
      bodyFrom: async (offset, onSent, signal) => {
        const hash = await hashHead(file, offset, signal);
        if (offset === input.sizeBytes) checkHash(hash.copy(), input);
        return (write) => sendRest(file, input, { offset, hash }, onSent, write);
      },
      wasTouched: async () => {
        const after = await file.stat({ bigint: true });
        return after.size !== before.size || after.mtimeNs !== before.mtimeNs;
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function hashHead(file: FileHandle, end: number, signal: AbortSignal): Promise<Hash> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, end));
  for (let offset = 0; offset < end;) {
    signal.throwIfAborted();
    const piece = await readPiece(file, buffer, offset, end);
    hash.update(piece);
    offset += piece.length;
  }
  return hash;
}

async function sendRest(
  file: FileHandle,
  input: InputFacts,
  start: { readonly offset: number; readonly hash: Hash },
  onSent: (offset: number) => void,
  write: (piece: Buffer) => Promise<boolean>,
): Promise<void> {
  const size = input.sizeBytes;
  let { offset } = start;
  if (offset === size) return;
  // One piece is on the wire, one is hashed, one is read.
  const pieceBytes = Math.min(PIECE_BYTES, size - offset);
  const ring = [0, 1, 2].map(() => Buffer.allocUnsafe(pieceBytes));
  const readNext = (turn: number, from: number): Promise<Buffer> | undefined => {
    const buffer = ring[turn % ring.length];
    return buffer === undefined || from >= size ? undefined : readPiece(file, buffer, from, size);
  };
  let sending: Promise<boolean> = Promise.resolve(true);
  let reading = readNext(0, offset);
  try {
    for (let turn = 1; reading !== undefined; turn += 1) {
      const piece: Buffer = await reading;
      const before = offset;
      offset += piece.length;
      reading = readNext(turn, offset);
      // It is awaited in the next round; until then its failure must not count as unhandled.
      reading?.catch(() => undefined);
      start.hash.update(piece);
      if (offset === size) checkHash(start.hash, input);
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

function checkHash(hash: Hash, input: InputFacts): void {
  if (hash.digest('hex') === input.sha256) return;
  throw new InputChangedError('CONTENT_CHANGED', 'the input file was edited after it was checked');
}
