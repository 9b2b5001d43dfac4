import { body, changed, ECHO, NASTY, refusal, set, withHeaders } from './answer-tools.mjs';

const OTHER_HASH = Buffer.from('0'.repeat(64)).toString('base64');

/** Where bytes must not go, as the address of an upload session. @type {readonly import('./answer-tools.mjs').Answer[]} */
export const UPLOAD_STARTS = [
  ['at another origin', ({ elsewhere }) => `${elsewhere}/upload/v1beta/files?upload_id=1`],
  ['at another port of this machine', () => 'http://127.0.0.1:9/upload/v1beta/files?upload_id=1'],
  ['over https at the same host', (_, host) => `https://${host}/upload/v1beta/files?upload_id=1`],
  ['with a user name', (_, host) => `http://user:word@${host}/upload/v1beta/files?upload_id=1`],
  [
    'with our host as the user name',
    ({ elsewhere }, host) => elsewhere.replace('//', `//${host.replace(':', '%3a')}@`),
  ],
  ['without a scheme', ({ elsewhere }) => elsewhere.replace('http:', '')],
  ['that is relative', () => '/upload/v1beta/files?upload_id=1'],
  ['in a file', () => 'file:///etc/passwd'],
  ['of ftp', () => 'ftp://127.0.0.1/x'],
  ['of javascript', () => 'javascript:alert(1)'],
  ['that is no URL', () => 'http://['],
  ['that is empty', () => ''],
  ['of metadata in a cloud', () => 'http://169.254.169.254/latest/meta-data/'],
  ['that is 8 KB long', (_, host) => `http://evil.${host}/${'x'.repeat(8000)}`],
  ['that is missing', () => undefined],
]
  .map(([name, url]) => sessionAt(String(name), url))
  .concat(
    ['0', '-1', 'NaN', '1e309', '9'.repeat(400), ''].map((value) =>
      withHeaders(`a granularity of "${value.slice(0, 10)}"`, { 'x-goog-upload-chunk-granularity': value }),
    ),
    withHeaders('a session that is final at once', { 'x-goog-upload-status': 'final' }),
    withHeaders('a session that is cancelled at once', { 'x-goog-upload-status': 'cancelled' }),
    body('an error under 200', { error: { code: 500, status: 'INTERNAL', message: NASTY } }),
    body('an error under 200 that is not of this world', { error: { code: 1e9, status: 7, message: [] } }),
    body('a file in place of a session', { file: { name: 'files/x', sizeBytes: '1' } }),
    refusal('a bad argument', 400, 'INVALID_ARGUMENT', `Bad ${NASTY}`, 3),
    refusal('a key that is none', 401, 'UNAUTHENTICATED', `Request had invalid credentials ${NASTY}`, 4),
    refusal('no rights', 403, 'PERMISSION_DENIED', `The caller does not have permission ${NASTY}`, 4),
    refusal('nothing here', 404, 'NOT_FOUND', NASTY, 3),
    refusal('a name that is taken', 409, 'ALREADY_EXISTS', `Requested entity already exists ${NASTY}`, 0),
    refusal('too large', 413, 'INVALID_ARGUMENT', 'too large', 3),
    refusal(
      'a wait of 292 million years',
      429,
      'RESOURCE_EXHAUSTED',
      'Resource has been exhausted (e.g. check quota).',
      0,
      [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '9223372036854775807s' }],
    ),
    refusal('an outage', 503, 'UNAVAILABLE', NASTY, 0),
  );

/** @returns {import('./answer-tools.mjs').Answer} */
function sessionAt(name, url) {
  return {
    ...withHeaders(`a session ${name}`, (exchange, hands) => ({
      'x-goog-upload-url': url(hands, new URL(exchange.reply.headers['x-goog-upload-url']).host),
    })),
    // No address at all is an answer that came to harm; a strange one is somebody's intent.
    first: name.endsWith('empty') || name.endsWith('missing') ? 0 : 3,
  };
}

/** What the last step of an upload may claim. @type {readonly import('./answer-tools.mjs').Answer[]} */
export const UPLOAD_ENDS = [
  ...[
    ['beyond the size', '99999999'],
    ['that is negative', '-1'],
    ['of nothing', '0'],
    ['that is no number', 'NaN'],
    ['that is a fraction', '1.5'],
    ['beyond all numbers', '1e400'],
    ['with 400 digits', '9'.repeat(400)],
    ['that is missing', undefined],
  ].map(([name, value]) =>
    answerActive(`still active, with a count ${name}`, { 'x-goog-upload-size-received': value }),
  ),
  withHeaders('a status of its own', { 'x-goog-upload-status': 'paused' }),
  withHeaders('no status', { 'x-goog-upload-status': undefined }),
  withHeaders('cancelled, with the file', { 'x-goog-upload-status': 'cancelled' }),
  body('final, without a file', '', 200, { 'x-goog-upload-status': 'final' }),
  body('400: terminated', 'Upload has already been terminated.', 400, { 'x-goog-upload-status': 'final' }),
  body('404: not found', 'Upload not found.', 404, { 'content-type': 'text/plain' }),
  body('410: gone', '', 410),
  body('412: wrong offset', 'The upload offset is wrong', 412, { 'x-goog-upload-status': 'active' }),
  body('308, as other protocols resume', '', 308, { range: 'bytes=0-1' }),
  ...fileAnswers((file) => ({ file }), 3),
];

function answerActive(name, headers) {
  const all = Object.entries({ 'x-goog-upload-status': 'active', ...headers });
  return body(name, '', 200, Object.fromEntries(all.filter(([, value]) => value !== undefined)));
}

/**
 * A file that is not what was sent, or that lies about itself.
 * @param {(file: object) => object} wrap
 * @param {number} [failedFirst] how a run ends that is told of a file that failed
 * @returns {readonly import('./answer-tools.mjs').Answer[]}
 */
export function fileAnswers(wrap, failedFirst = 0) {
  const field = (name, path, value) =>
    changed(name, (body_) => wrap(set(body_.file ?? body_, path.split('.'), value)));
  return [
    ...[1, -1, 1.5, null, true, [], {}, '-1', '1e3', '0x10', '9'.repeat(30), ''].map((value) =>
      field(`a size of ${JSON.stringify(value).slice(0, 12)}`, 'sizeBytes', value),
    ),
    field('a hash of other bytes', 'sha256Hash', OTHER_HASH),
    field('a hash that is none', 'sha256Hash', 'not a hash'),
    field('an empty hash', 'sha256Hash', ''),
    field('a name that is a path', 'name', 'files/../batches'),
    field('a name of nothing', 'name', undefined),
    field('a name that is a number', 'name', 7),
    field('a name with controls', 'name', `files/${NASTY}`),
    field('a name that is a URL', 'name', 'https://example.com/files/x'),
    field('a state of its own', 'state', 'MELTED'),
    field('a state that is an object', 'state', { a: 1 }),
    { ...field('a state that failed', 'state', 'FAILED'), first: failedFirst, hasCopies: true },
    field('an address with controls', 'uri', `javascript:${NASTY}`),
    field('an address that repeats the key', 'uri', ECHO),
    field('an address that is a list', 'uri', ['x']),
    field('an end that is no time', 'expirationTime', NASTY),
    { ...field('an end long ago', 'expirationTime', '1970-01-01T00:00:00Z'), hasCopies: true },
    field('an end in the year 275760', 'expirationTime', '+275760-09-13T00:00:00Z'),
    field('a time that is a number', 'createTime', 1e300),
    changed('a list of files', (body_) => wrap([body_.file ?? body_])),
    changed('a file that is null', () => wrap(null)),
    changed('a file with a prototype', (body_) =>
      JSON.stringify(wrap(body_.file ?? body_)).replace(/^\{/, '{"__proto__": {"name": "files/x"}, '),
    ),
  ];
}
