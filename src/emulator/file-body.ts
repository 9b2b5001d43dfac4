import type { StoredFile } from './file-store.ts';
import type { Sha256Form } from './inferred.ts';
import { compact, type JsonObject } from './json.ts';

export interface FileView {
  readonly now: number;
  readonly origin: string;
  readonly version: string;
  readonly sha256Form: Sha256Form;
}

/** The wire form of a file, in the recorded field order. `sizeBytes` is int64 and so a string; zero is left out. */
export function fileBody(file: StoredFile, { now, origin, version, sha256Form }: FileView): JsonObject {
  return compact({
    name: `files/${file.id}`,
    displayName: file.displayName,
    mimeType: file.mimeType,
    sizeBytes: file.sizeBytes === 0 ? undefined : String(file.sizeBytes),
    createTime: file.createTime,
    updateTime: file.createTime,
    expirationTime: file.expirationTime,
    sha256Hash: sha256Text(file.sha256, sha256Form),
    uri: `${origin}/${version}/files/${file.id}`,
    state: file.activeAt <= now ? 'ACTIVE' : 'PROCESSING',
    source: 'UPLOADED',
  });
}

/** Recorded uploads carry the base64 of the hex text, not of the 32 raw bytes. */
function sha256Text(hex: string, form: Sha256Form): string | undefined {
  switch (form) {
    case 'base64_of_hex':
      return Buffer.from(hex).toString('base64');
    case 'base64_of_bytes':
      return Buffer.from(hex, 'hex').toString('base64');
    case 'hex':
      return hex;
    case 'absent':
      return undefined;
  }
}
