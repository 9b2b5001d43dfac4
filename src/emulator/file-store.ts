import { rmSync } from 'node:fs';
import type { InferredBehaviour } from './inferred.ts';
import type { InputScan } from './input-scan.ts';

/** An uploaded file. Times in epoch milliseconds beside the exact text sent on the wire. */
export interface StoredFile {
  /** Without the `files/` prefix. */
  readonly id: string;
  readonly displayName: string | undefined;
  readonly mimeType: string;
  readonly sizeBytes: number;
  /** 64 hex digits. */
  readonly sha256: string;
  /** Where the bytes are on this machine. */
  readonly path: string;
  readonly scan: InputScan;
  readonly createdAt: number;
  readonly createTime: string;
  readonly expiresAt: number;
  readonly expirationTime: string;
  readonly activeAt: number;
}

interface FileRecord {
  readonly file: StoredFile;
  readonly deletedAt: number | undefined;
}

export interface FileStore {
  /** Takes the place of a file of the same name. */
  add(file: StoredFile): void;
  /** A file that exists at `now`: committed, neither deleted nor expired. */
  find(id: string, now: number): StoredFile | undefined;
  /** A file that was deleted, when nothing else has its name. */
  findDeleted(id: string): StoredFile | undefined;
  /** Whether an upload may not take this name at `now`. */
  isTaken(id: string, now: number): boolean;
  /** Newest first (inferred). */
  list(now: number): readonly StoredFile[];
  remove(file: StoredFile, now: number): void;
  /** Makes a file expire at `now`. */
  expire(file: StoredFile, now: number): void;
  usedBytes(now: number): number;
  /** Keeps the bytes of a file that a job reads, even when the file is deleted. */
  retain(file: StoredFile): void;
  /** Every file ever accepted, oldest first. */
  history(): readonly FileRecord[];
}

type FileRules = Pick<InferredBehaviour, 'deletedInput' | 'namesReusable'>;

export function createFileStore(rules: FileRules): FileStore {
  const accepted: StoredFile[] = [];
  const byId = new Map<string, StoredFile>();
  const deletedAt = new Map<StoredFile, number>();
  const expiredAt = new Map<StoredFile, number>();
  const retained = new Set<StoredFile>();

  const isLive = (file: StoredFile, now: number): boolean =>
    file.createdAt <= now && !deletedAt.has(file) && now < (expiredAt.get(file) ?? file.expiresAt);

  return {
    add(file) {
      const before = byId.get(file.id);
      if (before !== undefined && !deletedAt.has(before)) deletedAt.set(before, file.createdAt);
      accepted.push(file);
      byId.set(file.id, file);
    },
    find(id, now) {
      const file = byId.get(id);
      return file !== undefined && isLive(file, now) ? file : undefined;
    },
    findDeleted(id) {
      const file = byId.get(id);
      return file !== undefined && deletedAt.has(file) ? file : undefined;
    },
    isTaken(id, now) {
      const file = byId.get(id);
      return file !== undefined && (!rules.namesReusable || isLive(file, now));
    },
    list: (now) => accepted.filter((file) => isLive(file, now)).toReversed(),
    remove(file, now) {
      deletedAt.set(file, now);
      if (!retained.has(file) && rules.deletedInput === 'refused') rmSync(file.path, { force: true });
    },
    expire(file, now) {
      expiredAt.set(file, now);
    },
    usedBytes: (now) => accepted.reduce((total, file) => total + (isLive(file, now) ? file.sizeBytes : 0), 0),
    retain(file) {
      retained.add(file);
    },
    history: () => accepted.map((file) => ({ file, deletedAt: deletedAt.get(file) })),
  };
}
