import type { FailureKind, ServiceFailure } from '../model/failure.ts';
import { type GoogleError, isFromGoogle, parseGoogleError } from './google-error.ts';
import type { HttpOutcome } from './http-call.ts';
import { retryAfter } from './retry-after.ts';

/** What was asked: the same answer means different things for different questions. */
export type CallKind = 'create' | 'model' | 'list' | 'job' | 'cancel' | 'file' | 'upload' | 'download';

interface Facts {
  readonly call: CallKind;
  readonly status: number;
  readonly error: GoogleError;
}

/** Reasons of google.api.ErrorReason that concern the key or its project, not the request. */
const KEY_REASON =
  /^(?:API_KEY_|ACCESS_TOKEN_|CREDENTIALS_MISSING|SERVICE_DISABLED|BILLING_DISABLED|CONSUMER_(?:SUSPENDED|INVALID)|ACCOUNT_STATE_INVALID|USER_PROJECT_DENIED|LOCATION_)/;
const KEY_WORDS =
  /\bAPI[ _]key\b|has not been used in project|\bis disabled\b|\bsuspended\b|\bbilling (?:account|is)\b/i;
const PLACE_WORDS = /not available in your (?:country|region)|location is not supported/i;
const FILE_WORDS = /access the File\b|\bfiles?\/|\bfile\b/i;
const MODEL_WORDS = /\b(?:models|tunedModels)\/\S/;
const STORAGE_WORDS = /file_storage_bytes|FileStorageBytes/;

/** Answers of Google's own that decide a call for good. First match wins. */
const VERDICTS: readonly { readonly kind: FailureKind; readonly when: (facts: Facts) => boolean }[] = [
  { kind: 'key_refused', when: ({ status }) => status === 401 },
  {
    kind: 'key_refused',
    when: ({ status, error }) => (status === 400 || status === 403) && isAboutKey(error),
  },
  {
    kind: 'key_refused',
    when: ({ status, error }) =>
      status === 400 && error.status === 'FAILED_PRECONDITION' && PLACE_WORDS.test(error.message),
  },
  // A file that is absent, expired or someone else's answers 403 like a key without rights.
  {
    kind: 'not_found',
    when: ({ status, call }) => status === 403 && (call === 'file' || call === 'download'),
  },
  {
    kind: 'not_found',
    when: ({ status, call, error }) => status === 403 && call === 'create' && FILE_WORDS.test(error.message),
  },
  { kind: 'refused', when: ({ status, call }) => status === 403 && (call === 'job' || call === 'cancel') },
  { kind: 'key_refused', when: ({ status }) => status === 403 },
  {
    kind: 'model_unknown',
    when: ({ status, call, error }) =>
      status === 404 && (call === 'create' || call === 'model') && MODEL_WORDS.test(error.message),
  },
  {
    kind: 'not_found',
    when: ({ status, call, error }) => status === 404 && call === 'create' && FILE_WORDS.test(error.message),
  },
  {
    kind: 'not_found',
    when: ({ status, call }) => status === 404 && call !== 'create' && call !== 'list' && call !== 'upload',
  },
  { kind: 'storage_full', when: ({ status, error }) => status === 429 && isStorageFull(error) },
  { kind: 'no_quota', when: ({ status, error }) => status === 429 && hasNoQuota(error) },
  { kind: 'rate_limited', when: ({ status }) => status === 429 },
  { kind: 'refused', when: ({ status }) => status >= 400 && status < 500 },
];

/** What TLS calls a peer that is not who it should be. No retry makes it another one. */
const UNTRUSTED =
  /^(?:CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$|HOSTNAME_MISMATCH$|INVALID_CA$)/;

/** Statuses that settle a create when the body shows that Google itself wrote them. */
const SETTLES_CREATE: ReadonlySet<number> = new Set([400, 401, 403, 404, 413, 429]);

/** 4xx that speak of the moment, not of the request. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 499]);

/**
 * Judges an outcome that is not a success. For a create everything that does not prove "no job" is
 * `unknown_outcome`; for the other calls, which may be repeated, it is `unavailable`.
 * @param nowMs the time to measure a Retry-After date against
 */
export function classify(call: CallKind, outcome: HttpOutcome, nowMs: number): ServiceFailure {
  if (outcome.kind === 'no_answer') {
    if (!outcome.sent && UNTRUSTED.test(outcome.code)) {
      return { kind: 'untrusted', reason: outcome.code, message: outcome.message };
    }
    const kind = outcome.sent ? undecided(call) : 'not_sent';
    return { kind, reason: outcome.code, message: `no complete answer: ${outcome.message}` };
  }
  const { status, headers, body } = outcome;
  const error = parseGoogleError(body);
  const wait = retryAfter(error, headers['retry-after'], nowMs);
  const decided =
    error !== undefined && isFromGoogle(error, status) && settles(call, { call, status, error });
  const kind = decided ? verdict({ call, status, error }) : vague(call, status);
  return {
    kind,
    httpStatus: status,
    reason: reasonOf(kind, status, error),
    message: messageOf(status, body, error),
    ...wait,
  };
}

/** A 2xx whose body is not what was asked for. */
export function classifyMalformed(call: CallKind, status: number, what: string): ServiceFailure {
  return { kind: undecided(call), httpStatus: status, reason: 'MALFORMED_ANSWER', message: what };
}

/** True when the error is about the key or its project, so that every further call would meet it. */
function isAboutKey(error: GoogleError): boolean {
  return error.reasons.some((reason) => KEY_REASON.test(reason)) || KEY_WORDS.test(error.message);
}

function settles(call: CallKind, { status, error }: Facts): boolean {
  if (status === 429 && error.status !== 'RESOURCE_EXHAUSTED') return false;
  if (call === 'create') return SETTLES_CREATE.has(status);
  return status >= 400 && status < 500 && !PASSING.has(status);
}

function verdict(facts: Facts): FailureKind {
  return VERDICTS.find((one) => one.when(facts))?.kind ?? undecided(facts.call);
}

function vague(call: CallKind, status: number): FailureKind {
  return status === 429 && call !== 'create' ? 'rate_limited' : undecided(call);
}

function undecided(call: CallKind): FailureKind {
  return call === 'create' ? 'unknown_outcome' : 'unavailable';
}

function isStorageFull(error: GoogleError): boolean {
  return (
    STORAGE_WORDS.test(error.message) ||
    error.violations.some((one) => STORAGE_WORDS.test(one.metric) || STORAGE_WORDS.test(one.id))
  );
}

/** The project may not use the model at all, although such answers also say "Please retry in 25s". */
function hasNoQuota(error: GoogleError): boolean {
  return (
    /\blimit: ?0(?![\d.])/.test(error.message) ||
    error.violations.some((one) => one.value === '0' && one.id.endsWith('FreeTier'))
  );
}

function reasonOf(kind: FailureKind, status: number, error: GoogleError | undefined): string {
  if (kind === 'key_refused' && error?.reasons[0] !== undefined) return error.reasons[0];
  return error?.status ?? `HTTP_${status}`;
}

function messageOf(status: number, body: string, error: GoogleError | undefined): string {
  if (error !== undefined && error.message !== '') return error.message;
  if (status >= 300 && status < 400) return `HTTP ${status}: a redirect, which is not followed`;
  const start = body
    .slice(0, 1000)
    .replaceAll(/<[^<>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
  return start === '' ? `HTTP ${status} with an empty body` : `HTTP ${status}: ${start}`;
}
