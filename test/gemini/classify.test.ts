import { describe, expect, test } from 'vitest';
import { type CallKind, classify, classifyMalformed } from '../../src/gemini/classify.ts';
import type { HttpOutcome } from '../../src/gemini/http-call.ts';
import type { FailureKind } from '../../src/model/failure.ts';
import { googleError } from './scripted-server.ts';

const NOW = Date.parse('2026-09-28T12:00:00Z');

function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpOutcome {
  return { kind: 'answer', status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

const keyInvalid = googleError(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
  { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' },
]);
const exhausted = googleError(
  429,
  'RESOURCE_EXHAUSTED',
  'You exceeded your current quota, please check your plan.',
  [{ '@type': 'type.googleapis.com/google.rpc.Help', links: [] }],
);
const storage = googleError(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota', [
  {
    violations: [
      {
        quotaMetric: 'generativelanguage.googleapis.com/file_storage_bytes',
        quotaId: 'FileStorageBytesPerProject',
        quotaValue: '21474836480',
      },
    ],
  },
  { retryDelay: '9223372036854775807s' },
]);
const freeTierZero = googleError(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded', [
  {
    violations: [
      { quotaMetric: 'm', quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier', quotaValue: '0' },
    ],
  },
]);
const limitZero = googleError(
  429,
  'RESOURCE_EXHAUSTED',
  'Quota exceeded, limit: 0, model: x\nPlease retry in 25.4s.',
);
const limitTen = googleError(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded, limit: 0.5, limit: 10');
const noFile403 = googleError(
  403,
  'PERMISSION_DENIED',
  'You do not have permission to access the File qi1b6ynxmps4 or it may not exist.',
);
const noRights403 = googleError(403, 'PERMISSION_DENIED', 'The caller does not have permission');
const noKeyRights403 = googleError(
  403,
  'PERMISSION_DENIED',
  "Your API key doesn't have the required permissions.",
);
const disabled403 = googleError(
  403,
  'PERMISSION_DENIED',
  'Generative Language API has not been used in project 1',
  [{ reason: 'SERVICE_DISABLED' }],
);
const unauthenticated = googleError(
  401,
  'UNAUTHENTICATED',
  'Request had invalid authentication credentials.',
);
const country = googleError(
  400,
  'FAILED_PRECONDITION',
  'Gemini API free tier is not available in your country. Please enable billing on your project.',
);
const place = googleError(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.');
const precondition = googleError(400, 'FAILED_PRECONDITION', 'The File x is not in an ACTIVE state.');
const invalid = googleError(400, 'INVALID_ARGUMENT', '* batch.input_config: bad');
const model404 = googleError(404, 'NOT_FOUND', 'models/nope is not found for API version v1beta');
const file404 = googleError(404, 'NOT_FOUND', 'File files/abc not found.');
const bare404 = googleError(404, 'NOT_FOUND', 'Requested entity was not found.');
const unavailable503 = googleError(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.');
const html = '<!DOCTYPE html><html><title>Error</title><body>Bad gateway</body></html>';
const lost: HttpOutcome = { kind: 'no_answer', sent: true, code: 'ECONNRESET', message: 'read ECONNRESET' };
const late: HttpOutcome = { kind: 'no_answer', sent: true, code: 'TOTAL_TIMEOUT', message: 'nothing came' };
const unsent: HttpOutcome = {
  kind: 'no_answer',
  sent: false,
  code: 'ENOTFOUND',
  message: 'getaddrinfo ENOTFOUND x',
};

type Row = readonly [what: string, call: CallKind, outcome: HttpOutcome, kind: FailureKind, reason?: string];

const CREATE: readonly Row[] = [
  ['400 invalid argument', 'create', answer(400, invalid), 'refused', 'INVALID_ARGUMENT'],
  ['400 failed precondition', 'create', answer(400, precondition), 'refused', 'FAILED_PRECONDITION'],
  ['400 bad key', 'create', answer(400, keyInvalid), 'key_refused', 'API_KEY_INVALID'],
  ['400 country', 'create', answer(400, country), 'key_refused', 'FAILED_PRECONDITION'],
  ['400 location', 'create', answer(400, place), 'key_refused'],
  ['401', 'create', answer(401, unauthenticated), 'key_refused', 'UNAUTHENTICATED'],
  ['403 file', 'create', answer(403, noFile403), 'not_found', 'PERMISSION_DENIED'],
  ['403 caller', 'create', answer(403, noRights403), 'key_refused'],
  ['403 key rights', 'create', answer(403, noKeyRights403), 'key_refused'],
  ['403 service disabled', 'create', answer(403, disabled403), 'key_refused', 'SERVICE_DISABLED'],
  ['404 model', 'create', answer(404, model404), 'model_unknown'],
  ['404 file', 'create', answer(404, file404), 'not_found'],
  ['404 something', 'create', answer(404, bare404), 'refused', 'NOT_FOUND'],
  ['413 Google', 'create', answer(413, googleError(413, 'INVALID_ARGUMENT', 'too large')), 'refused'],
  ['429', 'create', answer(429, exhausted), 'rate_limited', 'RESOURCE_EXHAUSTED'],
  ['429 storage', 'create', answer(429, storage), 'storage_full'],
  ['429 free tier zero', 'create', answer(429, freeTierZero), 'no_quota'],
  ['429 limit: 0', 'create', answer(429, limitZero), 'no_quota'],
  ['429 limit: 0.5', 'create', answer(429, limitTen), 'rate_limited'],
  ['429 HTML', 'create', answer(429, html), 'unknown_outcome', 'HTTP_429'],
  ['429 empty', 'create', answer(429, ''), 'unknown_outcome'],
  ['429 another word', 'create', answer(429, googleError(429, 'UNAVAILABLE', 'x')), 'unknown_outcome'],
  ['400 HTML', 'create', answer(400, html), 'unknown_outcome'],
  ['403 HTML', 'create', answer(403, html), 'unknown_outcome'],
  ['404 HTML', 'create', answer(404, html), 'unknown_outcome'],
  ['413 HTML', 'create', answer(413, html), 'unknown_outcome'],
  [
    '400 with another code inside',
    'create',
    answer(400, googleError(500, 'INTERNAL', 'x')),
    'unknown_outcome',
  ],
  ['400 with an unknown word', 'create', answer(400, googleError(400, 'NO_WAY', 'x')), 'unknown_outcome'],
  ['400 without a word', 'create', answer(400, { error: { code: 400, message: 'x' } }), 'unknown_outcome'],
  ['400 error is a text', 'create', answer(400, { error: 'bad' }), 'unknown_outcome'],
  ['405 Google', 'create', answer(405, googleError(405, 'UNIMPLEMENTED', 'x')), 'unknown_outcome'],
  ['408', 'create', answer(408, googleError(408, 'DEADLINE_EXCEEDED', 'x')), 'unknown_outcome'],
  ['409', 'create', answer(409, googleError(409, 'ABORTED', 'x')), 'unknown_outcome'],
  ['499', 'create', answer(499, googleError(499, 'CANCELLED', 'x')), 'unknown_outcome'],
  ['500', 'create', answer(500, googleError(500, 'INTERNAL', 'x')), 'unknown_outcome', 'INTERNAL'],
  ['502 HTML', 'create', answer(502, html), 'unknown_outcome', 'HTTP_502'],
  ['503', 'create', answer(503, unavailable503), 'unknown_outcome', 'UNAVAILABLE'],
  ['504', 'create', answer(504, googleError(504, 'DEADLINE_EXCEEDED', 'x')), 'unknown_outcome'],
  ['301', 'create', answer(301, ''), 'unknown_outcome'],
  ['307', 'create', answer(307, ''), 'unknown_outcome', 'HTTP_307'],
  ['reset', 'create', lost, 'unknown_outcome', 'ECONNRESET'],
  ['timeout', 'create', late, 'unknown_outcome', 'TOTAL_TIMEOUT'],
  ['no DNS', 'create', unsent, 'not_sent', 'ENOTFOUND'],
];

const OTHERS: readonly Row[] = [
  ['401', 'job', answer(401, unauthenticated), 'key_refused'],
  ['400 bad key', 'list', answer(400, keyInvalid), 'key_refused', 'API_KEY_INVALID'],
  ['400 bad key', 'file', answer(400, keyInvalid), 'key_refused'],
  ['403', 'list', answer(403, noRights403), 'key_refused'],
  ['403', 'model', answer(403, noRights403), 'key_refused'],
  ['403 absent file', 'file', answer(403, noFile403), 'not_found'],
  ['403 key rights', 'file', answer(403, noKeyRights403), 'key_refused'],
  ['403 service disabled', 'file', answer(403, disabled403), 'key_refused'],
  ['403', 'download', answer(403, noRights403), 'not_found'],
  ['403', 'upload', answer(403, noRights403), 'key_refused'],
  ['403', 'job', answer(403, noRights403), 'refused'],
  ['403 HTML', 'file', answer(403, html), 'unavailable'],
  ['404', 'job', answer(404, bare404), 'not_found'],
  ['404', 'file', answer(404, file404), 'not_found'],
  ['404', 'download', answer(404, bare404), 'not_found'],
  ['404', 'cancel', answer(404, bare404), 'not_found'],
  ['404', 'list', answer(404, bare404), 'refused'],
  ['404 model', 'model', answer(404, model404), 'model_unknown'],
  ['404 HTML', 'job', answer(404, html), 'unavailable'],
  ['400', 'cancel', answer(400, precondition), 'refused'],
  ['408', 'job', answer(408, googleError(408, 'DEADLINE_EXCEEDED', 'x')), 'unavailable'],
  ['409', 'cancel', answer(409, googleError(409, 'ABORTED', 'x')), 'unavailable'],
  ['429', 'list', answer(429, exhausted), 'rate_limited'],
  ['429 HTML', 'list', answer(429, html), 'rate_limited'],
  ['429 storage', 'upload', answer(429, storage), 'storage_full'],
  ['500', 'list', answer(500, googleError(500, 'INTERNAL', 'x')), 'unavailable'],
  ['302', 'list', answer(302, ''), 'unavailable', 'HTTP_302'],
  ['reset', 'job', lost, 'unavailable', 'ECONNRESET'],
  ['no DNS', 'job', unsent, 'not_sent', 'ENOTFOUND'],
];

describe('classify()', () => {
  test.for([...CREATE, ...OTHERS])('judges %s on %s', ([, call, outcome, kind, reason]) => {
    const failure = classify(call, outcome, NOW);
    expect(failure.kind).toBe(kind);
    if (reason !== undefined) expect(failure.reason).toBe(reason);
  });

  test('has enough rows', () => {
    expect(CREATE.length + OTHERS.length).toBeGreaterThanOrEqual(70);
  });

  test('never calls any status of a create repeatable unless Google refused it for good', () => {
    for (let status = 200; status < 600; status += 1) {
      for (const body of ['', html, '{', '[]', 'null', '{"error":null}', '{"error":{}}']) {
        expect(classify('create', answer(status, body), NOW).kind).toBe('unknown_outcome');
      }
    }
  });

  test('passes on what the answer asks to wait', () => {
    expect(classify('create', answer(429, limitTen, { 'retry-after': '30' }), NOW)).toMatchObject({
      retryAfterMs: 30_000,
      retryAfterSource: 'retry_after',
    });
    expect(classify('create', answer(429, storage), NOW).retryAfterMs).toBeUndefined();
  });

  test('shows the beginning of a body that is not an error of Google', () => {
    expect(classify('job', answer(502, html), NOW).message).toBe('HTTP 502: Error Bad gateway');
    expect(classify('job', answer(502, ''), NOW).message).toBe('HTTP 502 with an empty body');
  });
});

describe('classifyMalformed()', () => {
  test('is an unknown outcome for a create only', () => {
    expect(classifyMalformed('create', 200, 'x').kind).toBe('unknown_outcome');
    expect(classifyMalformed('list', 200, 'x').kind).toBe('unavailable');
  });
});
