import { createHmac } from 'node:crypto';

/**
 * 12 hex digits that tell two API keys apart and tell nothing about either: a hash keyed with the id of
 * the state, so that the same key has another fingerprint in every state.
 */
export function keyFingerprint(key: string, stateId: string): string {
  return createHmac('sha256', stateId).update(key).digest('hex').slice(0, 12);
}
