import { describe, expect, test } from 'vitest';
import { toolFailure } from '../../src/mcp-client/tool-failure.ts';

function createError(text: string): ReturnType<typeof toolFailure> {
  return toolFailure('create', { kind: 'said', isError: true, text: `Error creating batch job: ${text}` }, 0);
}

function api(code: number, status: string, message: string, details: readonly object[] = []): string {
  return JSON.stringify({ error: { code, status, message, details } });
}

const RETRY_INFO = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '26s' };

describe('an error of batch_create', () => {
  test.for([
    [api(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded'), 'rate_limited'],
    [`got status: 429 Too Many Requests. ${api(429, 'RESOURCE_EXHAUSTED', 'slow down')}`, 'rate_limited'],
    [
      JSON.stringify({
        error: { code: 429, status: 'Too Many', message: api(429, 'RESOURCE_EXHAUSTED', 'x') },
      }),
      'rate_limited',
    ],
    ['429 Too Many Requests', 'rate_limited'],
    ['RESOURCE_EXHAUSTED: try later', 'rate_limited'],
    ['You exceeded your current quota', 'rate_limited'],
    ['quota exceeded (limit: 0)', 'no_quota'],
    [api(400, 'INVALID_ARGUMENT', 'bad input'), 'refused'],
    ['[400 Bad Request] bad input', 'refused'],
    ['INVALID_ARGUMENT: bad input', 'refused'],
    [api(403, 'PERMISSION_DENIED', 'You do not have permission to access the File abc'), 'not_found'],
    [api(403, 'PERMISSION_DENIED', 'no'), 'key_refused'],
    [api(400, 'INVALID_ARGUMENT', 'API key not valid'), 'key_refused'],
    ['status code 401', 'key_refused'],
    [api(404, 'NOT_FOUND', 'models/x is not found'), 'model_unknown'],
  ] as const)('proves that no job was made: %s', ([text, kind]) => {
    expect(createError(text).kind).toBe(kind);
  });

  test.for([
    [api(503, 'UNAVAILABLE', 'overloaded')],
    [api(500, 'INTERNAL', 'quota exceeded')],
    ['fetch failed'],
    ['socket hang up'],
    ['read ECONNRESET'],
    ['Request timed out after 429 ms'],
    ['503 Service Unavailable'],
    ['429 Too Many Requests, after a network error'],
    ['quota exceeded, while polling batches/abc123'],
    ['batch-400.jsonl is odd'],
    ['it took 429 ms'],
    ['INVALID_ARGUMENT or a timeout'],
    ['Cannot read properties of undefined'],
    [JSON.stringify({ error: { code: 429, status: 'Too Many Requests', message: '<html>' } })],
    [JSON.stringify({ error: { code: 400, status: 'INVALID_ARGUMENT' } }).slice(0, -1)],
    [''],
  ] as const)('leaves the outcome unknown: %s', ([text]) => {
    expect(createError(text).kind).toBe('unknown_outcome');
  });

  test('says how long to wait', () => {
    const failure = createError(api(429, 'RESOURCE_EXHAUSTED', 'Quota', [RETRY_INFO]));
    expect(failure).toMatchObject({ retryAfterMs: 26_000, retryAfterSource: 'retry_info' });
  });
});

describe('a call without an answer', () => {
  test.for([
    ['create', true, 'unknown_outcome'],
    ['create', false, 'not_sent'],
    ['upload', true, 'unavailable'],
    ['job', false, 'not_sent'],
  ] as const)('%s, sent: %s', ([call, sent, kind]) => {
    const outcome = { kind: 'no_answer', sent, code: 'CONNECTION_CLOSED', message: 'x' } as const;
    expect(toolFailure(call, outcome, 0).kind).toBe(kind);
  });

  test.for([
    ['create', 'unknown_outcome'],
    ['download', 'unavailable'],
  ] as const)('an answer that cannot be read is one: %s', ([call, kind]) => {
    expect(toolFailure(call, { kind: 'unreadable' }, 0).kind).toBe(kind);
    expect(toolFailure(call, { kind: 'said', isError: false, text: '{}' }, 0).kind).toBe(kind);
  });
});

test('an error of another tool is one that may be repeated, unless the API has decided', () => {
  const said = (text: string) => toolFailure('upload', { kind: 'said', isError: true, text }, 0).kind;
  expect(said('Error uploading file: fetch failed')).toBe('unavailable');
  expect(said(`Error uploading file: ${api(400, 'INVALID_ARGUMENT', 'no')}`)).toBe('refused');
});
