import { parseGoogleError } from '../../gemini/google-error.ts';
import type { WireAnswer } from '../wire.ts';

/** `HTTP 403 PERMISSION_DENIED`; never the text, which may name an account. */
export function describeAnswer({ status, text }: WireAnswer): string {
  const reason = parseGoogleError(text)?.status;
  return reason === undefined ? `HTTP ${status}` : `HTTP ${status} ${reason}`;
}

/** The service itself has said no, and a repetition would not change that. */
export function isRefusal({ status }: WireAnswer): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429 && status !== 499;
}
