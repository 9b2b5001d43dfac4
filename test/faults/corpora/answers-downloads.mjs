import { body, ECHO, NASTY, refusal, wire, withHeaders } from './answer-tools.mjs';

const OK = { 'content-type': 'application/jsonl' };
const JSONL_HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/jsonl\r\n';

/** The honest results with their bytes changed. */
const content = (name, change, headers = OK) => ({
  name,
  give: (exchange) => exchange.answer(200, headers, change(exchange.reply.body)),
});

const linesOf = (bytes) => bytes.toString('utf8').trimEnd().split('\n');

/** What a download may bring. @type {readonly import('./answer-tools.mjs').Answer[]} */
export const DOWNLOADS = [
  content('one line fewer', (bytes) => `${linesOf(bytes).slice(0, -1).join('\n')}\n`),
  content('only the first line', (bytes) => `${linesOf(bytes)[0]}\n`),
  content('only line ends', () => '\n\n\n'),
  content('a line cut in the middle', (bytes) => bytes.subarray(0, Math.floor(bytes.length * 0.8))),
  content('a zero byte in the middle', (bytes) =>
    Buffer.concat([bytes.subarray(0, 40), Buffer.alloc(9), bytes.subarray(40)]),
  ),
  content('UTF-16', (bytes) => Buffer.from(bytes.toString('utf8'), 'utf16le')),
  content('a page of HTML', () => `<html>${NASTY}</html>`),
  content('results that are said to be HTML', (bytes) => bytes, { 'content-type': 'text/html' }),
  content('gzip that was not asked for', (bytes) => bytes, { ...OK, 'content-encoding': 'gzip' }),
  body('an error under 200', { error: { code: 503, status: 'UNAVAILABLE', message: `${NASTY} ${ECHO}` } }),
  body('an error in a list under 200', [{ error: { code: 500, status: 'INTERNAL', message: NASTY } }]),
  body('a refusal of the key under 200', { error: { code: 500, message: ECHO } }),
  body('206 without a range', '{}\n', 206, OK),
  body('206 of another range', '{}\n', 206, { ...OK, 'content-range': 'bytes 100-102/103' }),
  body('206 of a range beyond all', '{}\n', 206, { ...OK, 'content-range': `bytes 0-1/${'9'.repeat(99)}` }),
  body('412', '', 412),
  body('416', '', 416, { 'content-range': 'bytes */0' }),
  wire('a body without a length', JSONL_HEAD, 'connection: close\r\n\r\n{"key": "a", "response": {}}\n'),
  wire(
    'a body cut by its connection',
    JSONL_HEAD,
    'content-length: 900\r\n\r\n{"key": "a", "response": {}}\n',
  ),
  wire(
    'a body cut, with an ETag',
    JSONL_HEAD,
    'etag: "abc"\r\ncontent-length: 900\r\n\r\n{"key": "a", "response": {}}\n',
  ),
  wire(
    'a chunk as long as the world',
    JSONL_HEAD,
    'transfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n{}\n',
  ),
  wire(
    'a trailer with the key',
    JSONL_HEAD,
    `transfer-encoding: chunked\r\ntrailer: x\r\n\r\n3\r\n{}x\r\n0\r\nx: ${ECHO}\r\n\r\n`,
  ),
  withHeaders('a name for the file that is a path', {
    'content-disposition': 'attachment; filename="../../x"',
  }),
  withHeaders('a weak ETag', { etag: 'W/"x"' }),
  refusal('a bad argument', 400, 'INVALID_ARGUMENT', NASTY, 0),
  refusal('a key that is none', 401, 'UNAUTHENTICATED', ECHO, 4),
  refusal('no rights', 403, 'PERMISSION_DENIED', `${ECHO} ${NASTY}`, 0),
  refusal('nothing here', 404, 'NOT_FOUND', NASTY, 0),
  refusal('no quota now', 429, 'RESOURCE_EXHAUSTED', NASTY, 0),
];
