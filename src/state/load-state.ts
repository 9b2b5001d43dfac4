import { open, stat } from 'node:fs/promises';
import type { SubmissionState } from '../model/submission-state.ts';
import { diskError, errnoOf } from './disk-error.ts';
import { findJsonFault } from './json-scan.ts';
import { migrateOlder } from './migrate-older.ts';
import { readOwnText } from './own-text.ts';
import { unreadableState } from './state-errors.ts';
import { withAbsolutePaths } from './state-paths.ts';
import { isJsonObject, parseState } from './state-schema.ts';

export interface LoadedState {
  readonly state: SubmissionState;
  /** What a migration decided, in short sentences; empty for a file of this tool. */
  readonly notes: readonly string[];
  readonly migratedFrom?: 'older_script';
}

/** What a state that has to be made takes from outside. */
export interface Origin {
  readonly now: () => Date;
  /** 8 characters of [a-z0-9]. */
  readonly newStateId: () => string;
  /** Absolute: what the paths in the file start from, where that is not the process's own folder. */
  readonly workFolder?: string | undefined;
}

/**
 * Reads the state without changing anything on disk, for commands that only look. The id of an older
 * script's state, which has none, is a placeholder until a run migrates the file.
 * @param workFolder absolute; given where the paths in the file start from another folder than the process's own.
 *   Those in the state are absolute then.
 * @returns `undefined` when there is no file
 * @throws {BatchSubmitError} `E_STATE_UNREADABLE`, `E_STATE_NEWER`, or `E_DISK`
 */
export async function loadState(path: string, workFolder?: string): Promise<LoadedState | undefined> {
  const bytes = await readStateBytes(path);
  if (bytes === undefined) return undefined;
  return parseStateBytes(bytes, path, { now: () => new Date(0), newStateId: () => 'unsaved0', workFolder });
}

/** `undefined` when there is no file: no other failed read ever stands for an empty state. */
export async function readStateBytes(path: string): Promise<Buffer | undefined> {
  try {
    // Asked before opening: opening a pipe would wait for its other end.
    const { size } = await stat(path).then((facts) => {
      if (!facts.isFile()) throw unreadableState(path, 'it is not a regular file');
      return facts;
    });
    if (size > LARGEST_BYTES)
      throw unreadableState(path, `it has ${size} bytes, the limit is ${LARGEST_BYTES}`);
    const file = await open(path, 'r');
    try {
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw diskError('read', path, error);
  }
}

export function parseStateBytes(bytes: Uint8Array, path: string, origin: Origin): LoadedState {
  const text = decode(bytes, path);
  const own = readOwnText(text);
  const fault = own === undefined ? findJsonFault(text) : undefined;
  if (fault !== undefined) {
    const offset = Buffer.byteLength(text.slice(0, fault.offset)) + (hasByteOrderMark(bytes) ? 3 : 0);
    throw unreadableState(path, `${fault.what} (line ${fault.line}, byte ${offset})`);
  }
  const value: unknown = own ?? JSON.parse(text);
  if (!isJsonObject(value)) throw unreadableState(path, 'it is JSON, but not an object');
  if ('version' in value) return { state: placed(parseState(value, path), origin), notes: [] };
  const { state, notes } = migrateOlder(value, path, origin);
  return { state: placed(state, origin), notes, migratedFrom: 'older_script' };
}

function placed(state: SubmissionState, { workFolder }: Origin): SubmissionState {
  return workFolder === undefined ? state : withAbsolutePaths(state, workFolder);
}

/** Strings end near 512 MB in V8; a state of 200,000 batches has about 100 MB. */
const LARGEST_BYTES = 512 * 1024 * 1024 - 32;

function decode(bytes: Uint8Array, path: string): string {
  if (bytes.length === 0) throw unreadableState(path, 'it is empty');
  if (bytes[0] === 0 && bytes.every((byte) => byte === 0)) {
    throw unreadableState(path, 'it holds only zero bytes, as after a power cut');
  }
  try {
    // Fatal: a replaced character would change a name on the next save. It also drops a byte order mark.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw unreadableState(path, 'it is not UTF-8 text', cause);
  }
}

function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
