import * as z from 'zod';
import type { RemoteFile } from '../model/service.ts';
import { wholeNumber } from './wire-number.ts';
import { wireTime } from './wire-time.ts';

/** A file with the one word that the port has no place for. */
export interface WireFile {
  readonly file: RemoteFile;
  /** `PROCESSING`, `ACTIVE` or `FAILED`; absent counts as active. */
  readonly state: string | undefined;
}

const text = z.string().optional().catch(undefined);
const schema = z.object({
  name: z.string().regex(/^files\/[A-Za-z0-9_-]{1,128}$/),
  sizeBytes: z.unknown().transform(wholeNumber),
  uri: text,
  createTime: wireTime,
  expirationTime: wireTime,
  sha256Hash: text,
  state: text,
});

/** Reads a File resource; undefined when it has no usable name or size. */
export function readFile(value: unknown): WireFile | undefined {
  const parsed = schema.safeParse(value);
  if (!parsed.success || parsed.data.sizeBytes === undefined) return undefined;
  const { name, sizeBytes, uri, createTime, expirationTime, sha256Hash, state } = parsed.data;
  return {
    state,
    file: {
      name,
      sizeBytes,
      uri: uri !== undefined && isAddressOf(uri, name) ? uri : name,
      uploadedAt: createTime,
      expiresAt: expirationTime,
      sha256: sha256Hash === undefined ? undefined : sha256Hex(sha256Hash),
      active: state === undefined || state === 'ACTIVE' || state === 'STATE_UNSPECIFIED',
    },
  };
}

/** Addresses end up in the state, where a foreign text could put anything: only the name at some host is one. */
function isAddressOf(uri: string, name: string): boolean {
  return (
    uri.endsWith(`/${name}`) &&
    /^https?:\/\/[a-z0-9.:-]+(?:\/[a-z0-9._-]+){0,8}$/.test(uri.slice(0, -name.length - 1))
  );
}

/**
 * The service sends base64 of the 64 hex digits, its description promises base64 of the 32 bytes: both
 * are taken. An unknown form is kept as sent, so that it equals no hash.
 */
function sha256Hex(sent: string): string {
  if (/^[0-9a-f]{64}$/i.test(sent)) return sent.toLowerCase();
  const bytes = Buffer.from(sent, 'base64');
  if (bytes.length === 32) return bytes.toString('hex');
  const digits = bytes.toString('latin1');
  return /^[0-9a-f]{64}$/i.test(digits) ? digits.toLowerCase() : sent;
}
