import type { ServiceFailure } from '../model/failure.ts';
import { parseDuration } from '../model/units.ts';
import type { GoogleError } from './google-error.ts';

/** Longer requests to wait are not believed: full storage asks for 9223372036854775807 s. */
const LONGEST_WAIT_MS = 3_600_000;

/**
 * How long the answer asks to wait, in whole ms: RetryInfo first, then the Retry-After header, then the
 * sentence "Please retry in 10.05s." Empty when there is no sane value.
 * @param nowMs the time to measure a Retry-After date against
 */
export function retryAfter(
  error: GoogleError | undefined,
  header: string | undefined,
  nowMs: number,
): Pick<ServiceFailure, 'retryAfterMs' | 'retryAfterSource'> {
  const told = sane(error?.retryDelay === undefined ? undefined : protoSeconds(error.retryDelay));
  if (told !== undefined) return { retryAfterMs: told, retryAfterSource: 'retry_info' };
  const asked = sane(header === undefined ? undefined : headerMs(header.trim(), nowMs));
  if (asked !== undefined) return { retryAfterMs: asked, retryAfterSource: 'retry_after' };
  const sentence = /\bretry in ((?:\d{1,9}(?:\.\d{1,18})?(?:ms|h|m|s))+)/i.exec(error?.message ?? '')?.[1];
  const said = sane(sentence === undefined ? undefined : parseDuration(sentence));
  return said === undefined ? {} : { retryAfterMs: said, retryAfterSource: 'retry_info' };
}

/** google.protobuf.Duration: `26s`, `10.058s`. */
function protoSeconds(value: string): number | undefined {
  const match = /^(\d{1,20}(?:\.\d{1,9})?)s$/.exec(value);
  return match === null ? undefined : Number(match[1]) * 1000;
}

/** Seconds, or an HTTP date. */
function headerMs(value: string, nowMs: number): number | undefined {
  if (/^\d{1,20}$/.test(value)) return Number(value) * 1000;
  if (!/^[A-Za-z]{3},/.test(value)) return undefined;
  return Date.parse(value) - nowMs;
}

function sane(ms: number | undefined): number | undefined {
  return ms !== undefined && ms > 0 && ms <= LONGEST_WAIT_MS ? Math.ceil(ms) : undefined;
}
