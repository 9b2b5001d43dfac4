import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { createKeyTable, type KeyTable } from '../input/key-table.ts';
import { diskError, errnoOf } from '../state/disk-error.ts';
import { makeFolder } from '../state/make-folder.ts';

/** Vectors that may be compared with each other: of one model, one task and one length. */
export interface VectorSpace {
  readonly model: string;
  /** Such as `SEMANTIC_SIMILARITY`; `undefined` where the model takes none. */
  readonly taskType: string | undefined;
  readonly dimensions: number;
}

/** The vectors of one space, by the text they stand for. Read where they lie; nothing is kept in memory but names. */
export interface Vectors {
  readonly space: VectorSpace;
  readonly count: number;
  /** The number of the text's vector, from 0, or -1. */
  find(text: string): number;
  /** The same by the name of the text, see `nameOf`. */
  findNamed(name: string): number;
  /** @throws {BatchSubmitError} `E_DISK` */
  read(row: number): Promise<Float32Array>;
  /** The same into a vector that is there, without a promise: for very many reads of what the system has at hand. */
  readInto(row: number, vector: Float32Array): void;
  /**
   * Adds vectors to the end, flushed: after a crash each is there whole or not at all.
   * @throws {BatchSubmitError} `E_DISK`
   */
  add(vectors: readonly NewVector[]): Promise<void>;
  close(): Promise<void>;
}

/** A vector and the text that it stands for, or the name of it. */
export type NewVector = { readonly values: ArrayLike<number> } & (
  | { readonly text: string }
  | { readonly name: string }
);

const NAME_BYTES = 16;
export const FLOAT_BYTES = 4;

/** What a vector is found by: the first 16 bytes of the text's SHA-256, in lower-case hex. */
export function nameOf(text: string): string {
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, 2 * NAME_BYTES);
}

/**
 * Opens the vectors of one space, in a folder of their own below `folder`: `names` holds 16 bytes for each text and
 * `values` its numbers as little-endian 32-bit floats, in the same order. The names come second, so that a vector
 * without one is what a crash left and is written over.
 * @returns `undefined` when there are none and none are to be made
 * @throws {BatchSubmitError} `E_DISK`
 */
export async function openVectors(
  folder: string,
  space: VectorSpace,
  mode: 'read' | 'write',
): Promise<Vectors | undefined> {
  const own = join(folder, folderNameOf(space));
  if (mode === 'write') await makeFolder(own, 'keep vectors in');
  const names = await openFile(join(own, 'names'), mode);
  if (names === undefined) return undefined;
  const values = await openFile(join(own, 'values'), mode);
  if (values === undefined) {
    await names.close();
    return undefined;
  }
  const table = createKeyTable();
  const rowBytes = space.dimensions * FLOAT_BYTES;
  const whole = Math.min(
    Math.floor((await names.stat()).size / NAME_BYTES),
    Math.floor((await values.stat()).size / rowBytes),
  );
  let count = await readNames(names, whole, table);
  const findNamed = (name: string): number => table.find(keyOf(name));
  return {
    space,
    get count() {
      return count;
    },
    find: (text) => findNamed(nameOf(text)),
    findNamed,
    async read(row) {
      const bytes = new Uint8Array(rowBytes);
      try {
        await values.read(bytes, 0, rowBytes, row * rowBytes);
      } catch (error) {
        throw diskError('read', own, error);
      }
      return floatsIn(bytes);
    },
    readInto(row, vector) {
      const bytes = Buffer.from(vector.buffer, vector.byteOffset, rowBytes);
      try {
        readSync(values.fd, bytes, 0, rowBytes, row * rowBytes);
      } catch (error) {
        throw diskError('read', own, error);
      }
      if (endianness() === 'BE') bytes.swap32();
    },
    async add(vectors) {
      const byName = new Map(vectors.map((one) => ['name' in one ? one.name : nameOf(one.text), one.values]));
      const fresh = [...byName].filter(([name]) => findNamed(name) < 0);
      if (fresh.length === 0) return;
      try {
        await writeAll(values, Buffer.concat(fresh.map(([, one]) => bytesOf(one))), count * rowBytes);
        await values.datasync();
        await writeAll(
          names,
          Buffer.concat(fresh.map(([name]) => Buffer.from(name, 'hex'))),
          count * NAME_BYTES,
        );
        await names.datasync();
      } catch (error) {
        throw diskError('save', own, error);
      }
      for (const [name] of fresh) {
        table.add(keyOf(name), count, 0);
        count += 1;
      }
    },
    async close() {
      await names.close();
      await values.close();
    },
  };
}

/** Numbers as `sqlite-vec` and other programs read them: little-endian 32-bit floats. */
export function bytesOf(values: ArrayLike<number>): Buffer {
  const bytes = Buffer.alloc(values.length * FLOAT_BYTES);
  for (let index = 0; index < values.length; index += 1) {
    bytes.writeFloatLE(values[index] ?? 0, index * FLOAT_BYTES);
  }
  return bytes;
}

export function floatsIn(bytes: Uint8Array): Float32Array {
  // A copy begins where floats may begin, wherever the bytes stand.
  const copy = new Uint8Array(bytes.subarray(0, bytes.length - (bytes.length % FLOAT_BYTES)));
  if (endianness() === 'BE') Buffer.from(copy.buffer).swap32();
  return new Float32Array(copy.buffer);
}

/** The key of a name in the table, which is made of its bytes. */
function keyOf(name: string): string {
  return Buffer.from(name, 'hex').toString('latin1');
}

function folderNameOf({ model, taskType, dimensions }: VectorSpace): string {
  return [model, taskType ?? 'any', String(dimensions)]
    .map((part) => part.replaceAll(/[^\w.-]/g, '-'))
    .join('_');
}

async function openFile(path: string, mode: 'read' | 'write'): Promise<FileHandle | undefined> {
  try {
    return await open(path, mode === 'read' ? 'r' : 'r+');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw diskError('read', path, error);
    if (mode === 'read') return undefined;
  }
  try {
    return await open(path, 'wx+', 0o600);
  } catch (error) {
    throw diskError('save', path, error);
  }
}

async function readNames(file: FileHandle, count: number, table: KeyTable): Promise<number> {
  const room = Buffer.alloc(NAME_BYTES * 4096);
  let row = 0;
  while (row < count) {
    const wanted = Math.min(room.length, (count - row) * NAME_BYTES);
    const { bytesRead } = await file.read(room, 0, wanted, row * NAME_BYTES);
    if (bytesRead < NAME_BYTES) break;
    for (let at = 0; at + NAME_BYTES <= bytesRead; at += NAME_BYTES) {
      table.add(room.toString('latin1', at, at + NAME_BYTES), row, 0);
      row += 1;
    }
  }
  return row;
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}
