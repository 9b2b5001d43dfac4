import { findKeyMember } from './key-member.ts';
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
  return Buffer.concat([bytes.subarray(0, member.start), Buffer.from(quoted), bytes.subarray(member.end)]);
}
