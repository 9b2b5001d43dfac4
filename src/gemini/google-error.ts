import * as z from 'zod';
import { isRecord, parseJsonBody } from './json-body.ts';

/** The `error` member of an answer, with the parts of its `details` that decide something. */
export interface GoogleError {
  readonly code: number | undefined;
  readonly status: string | undefined;
  readonly message: string;
  /** `ErrorInfo.reason`, such as `API_KEY_INVALID`. */
  readonly reasons: readonly string[];
  readonly violations: readonly QuotaViolation[];
  /** `RetryInfo.retryDelay` as sent, such as `26s`. */
  readonly retryDelay: string | undefined;
}

export interface QuotaViolation {
  readonly metric: string;
  readonly id: string;
  readonly value: string | undefined;
}

/** Names of google.rpc.Code: an answer with another word did not come from Google's own front end. */
const RPC_STATUSES: ReadonlySet<string> = new Set([
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'UNAUTHENTICATED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
]);

const text = z.string().optional().catch(undefined);
const violation = z.object({ quotaMetric: text, quotaId: text, quotaValue: text }).catch({});
const detail = z
  .object({
    reason: text,
    retryDelay: text,
    violations: z.array(violation).optional().catch(undefined),
  })
  .catch({});
const errorSchema = z.object({
  code: z.number().optional().catch(undefined),
  status: text,
  message: z.string().catch(''),
  details: z.array(detail).catch([]),
});

/** The error in a body, whatever its HTTP status; undefined when the body holds none. */
export function parseGoogleError(body: string): GoogleError | undefined {
  const parsed = parseJsonBody(body);
  return parsed.ok ? googleErrorOf(parsed.value) : undefined;
}

export function googleErrorOf(value: unknown): GoogleError | undefined {
  const outer: unknown = Array.isArray(value) ? value[0] : value;
  if (!isRecord(outer) || !isRecord(outer['error'])) return undefined;
  const parsed = errorSchema.safeParse(outer['error']);
  if (!parsed.success) return undefined;
  const { code, status, message, details } = parsed.data;
  return {
    code,
    status,
    message,
    reasons: details.flatMap((one) => (one.reason === undefined ? [] : [one.reason])),
    violations: details
      .flatMap((one) => one.violations ?? [])
      .map((one) => ({ metric: one.quotaMetric ?? '', id: one.quotaId ?? '', value: one.quotaValue })),
    retryDelay: details.find((one) => one.retryDelay !== undefined)?.retryDelay,
  };
}

/** True when the body repeats the HTTP status and a known word: then the service itself has decided. */
export function isFromGoogle(error: GoogleError, httpStatus: number): boolean {
  return error.code === httpStatus && error.status !== undefined && RPC_STATUSES.has(error.status);
}
