import type { StoredFile } from './file-store.ts';
import { compact, type JsonObject } from './json.ts';

/** The wire form of a file, in the recorded field order. `sizeBytes` is int64 and so a string; zero is left out. */
export function fileBody(file: StoredFile, now: number, origin: string, version: string): JsonObject {
  return compact({
    name: `files/${file.id}`,
    displayName: file.displayName,
    mimeType: file.mimeType,
    sizeBytes: file.sizeBytes === 0 ? undefined : String(file.sizeBytes),
    createTime: file.createTime,
    updateTime: file.createTime,
    expirationTime: file.expirationTime,
    // Base64 of the hex text, not of the 32 raw bytes: checked against the recorded upload.
    sha256Hash: Buffer.from(file.sha256).toString('base64'),
    uri: `${origin}/${version}/files/${file.id}`,
    state: file.activeAt <= now ? 'ACTIVE' : 'PROCESSING',
    source: 'UPLOADED',
  });
}
