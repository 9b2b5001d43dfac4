import { findKeyMember, type Span } from './key-member.ts';
import type { RequestRow } from './request-rows.ts';

type Keyless = Pick<RequestRow, 'key' | 'origin' | 'isBare' | 'bytes'>;

/** The line as it is sent: unchanged when it carries its key as text, else with the key put in. */
export function keyedLine({ key, origin, isBare, bytes }: Keyless): Buffer {
  if (origin === 'text') return bytes;
  const quoted = JSON.stringify(key);
  if (isBare) return Buffer.concat([Buffer.from(`{"key":${quoted},"request":`), bytes, Buffer.from('}')]);
  const member = findKeyMember(bytes);
  if (member === undefined) {
    // Behind the opening brace, and a request follows, so a comma is right.
    return Buffer.concat([Buffer.from(`{"key":${quoted},`), bytes.subarray(1)]);
  }
  return replaced(bytes, member, key);
}

/** The line with `key` in place of whatever key it has, and with one where it has none. */
export function rekeyedLine(row: Keyless): Buffer {
  const member = row.origin === 'text' ? findKeyMember(row.bytes) : undefined;
  return member === undefined ? keyedLine(row) : replaced(row.bytes, member, row.key);
}

function replaced(bytes: Buffer, { start, end }: Span, key: string): Buffer {
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(JSON.stringify(key)), bytes.subarray(end)]);
}
