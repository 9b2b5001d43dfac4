import { googleErrorOf } from './google-error.ts';
import { isRecord, parseJsonBody } from './json-body.ts';

/**
 * Tells an error that was sent under a 200 from results. Gives the HTTP status it should have had, or
 * undefined for results. One result line may also be an object with an `error`, but it has a `key`
 * beside it, or at least a google.rpc code (0 to 16) where an error body has an HTTP status.
 */
export function errorBodyStatus(body: string, contentType: string | undefined): number | undefined {
  if (/^\s*</.test(body) || /^text\/html\b/i.test(contentType ?? '')) return 502;
  const parsed = parseJsonBody(body);
  if (!parsed.ok) return undefined;
  const only: unknown =
    Array.isArray(parsed.value) && parsed.value.length === 1 ? parsed.value[0] : parsed.value;
  if (!isRecord(only) || Object.keys(only).join() !== 'error') return undefined;
  const code = googleErrorOf(only)?.code;
  return code !== undefined && code >= 400 && code <= 599 ? code : undefined;
}
