import { createHash, randomBytes } from 'node:crypto';
import type { Endpoint, FaultKind } from './fault-rule.ts';

/** One request as it was seen and answered. Never holds a key. */
export interface RequestRecord {
  /** 1-based, in order of arrival. */
  readonly seq: number;
  /** The emulator's time of arrival, RFC 3339. */
  readonly time: string;
  readonly method: string;
  /** Path and query without the `key` parameter. */
  readonly path: string;
  readonly endpoint: Endpoint;
  /** X-Goog-Upload-Command, on upload requests. */
  readonly uploadCommand?: string;
  readonly keyPresent: boolean;
  /** Eight hex digits, salted per emulator: tells keys apart without telling what they are. */
  readonly keyHash?: string;
  bodyBytes: number;
  bodySha256?: string;
  /** HTTP status, `dropped` when the connection was broken instead, undefined while there is no answer yet. */
  status?: number | 'dropped';
  fault?: FaultKind;
  faultPhase?: 'before' | 'after';
}

export interface TimedName {
  readonly name: string;
  readonly at: string;
}

export interface DownloadRecord extends TimedName {
  /** First byte asked for. */
  readonly offset: number;
  bytes: number;
  /** Whether everything asked for was sent. */
  complete: boolean;
}

/** What happened, kept for the tests that ask. Effects are noted where they happen, not where they are answered. */
export interface Ledger {
  readonly requests: readonly RequestRecord[];
  readonly downloads: readonly DownloadRecord[];
  readonly deletes: readonly TimedName[];
  readonly cancels: readonly TimedName[];
  open(record: Omit<RequestRecord, 'seq' | 'bodyBytes' | 'time'>, now: number): RequestRecord;
  hashKey(key: string): string;
  /** Opens the record of a download, which the caller keeps up to date. */
  downloaded(name: string, offset: number, now: number): DownloadRecord;
  deleted(name: string, now: number): void;
  cancelled(name: string, now: number): void;
}

export function createLedger(): Ledger {
  const salt = randomBytes(16);
  const requests: RequestRecord[] = [];
  const downloads: DownloadRecord[] = [];
  const deletes: TimedName[] = [];
  const cancels: TimedName[] = [];
  const at = (now: number): string => new Date(now).toISOString();
  return {
    requests,
    downloads,
    deletes,
    cancels,
    open(record, now) {
      const entry: RequestRecord = { seq: requests.length + 1, time: at(now), ...record, bodyBytes: 0 };
      requests.push(entry);
      return entry;
    },
    hashKey: (key) => createHash('sha256').update(salt).update(key).digest('hex').slice(0, 8),
    downloaded(name, offset, now) {
      const entry: DownloadRecord = { name, at: at(now), offset, bytes: 0, complete: false };
      downloads.push(entry);
      return entry;
    },
    deleted: (name, now) => void deletes.push({ name, at: at(now) }),
    cancelled: (name, now) => void cancels.push({ name, at: at(now) }),
  };
}
