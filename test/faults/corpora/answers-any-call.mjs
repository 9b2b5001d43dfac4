import { gzipSync } from 'node:zlib';
import { body, ECHO, JSON_TYPE, NASTY, wire, withHeaders } from './answer-tools.mjs';

const MEBIBYTE = 1024 * 1024;
const BOMB = gzipSync(Buffer.alloc(10 * MEBIBYTE));
const REDIRECTS = [301, 302, 303, 307, 308];
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

/**
 * Answers that are no answer to anything. None of them proves that the service did not act, so after
 * a create each of them leaves the outcome unknown.
 * @type {readonly import('./answer-tools.mjs').Answer[]}
 */
export const ANY_CALL = [
  body('empty 200', ''),
  body('HTML 200 with controls', `<html><title>${NASTY}</title>`, 200, { 'content-type': 'text/html' }),
  body('null', 'null'),
  body('an empty list', '[]'),
  body('a number beyond all', '1e400'),
  body('a text', JSON.stringify(NASTY)),
  {
    name: 'an answer without its end',
    give(exchange) {
      const text = exchange.reply.body.toString('utf8').trimEnd();
      return exchange.answer(200, JSON_TYPE, text === '' ? '{' : text.slice(0, -1));
    },
  },
  body('100,000 lists in each other', `${'['.repeat(100_000)}${']'.repeat(100_000)}`),
  body('100,000 objects begun', '{"a":'.repeat(100_000)),
  body(
    'a prototype',
    '{"__proto__": {"name": "batches/polluted", "ok": true}, "constructor": {"prototype": 1}}',
  ),
  body('11 MB', `{"name": "${'x'.repeat(11 * MEBIBYTE)}"}`),
  body('a gzip bomb', BOMB, 200, { ...JSON_TYPE, 'content-encoding': 'gzip' }),
  body('not the gzip it says it is', '{}x', 200, { ...JSON_TYPE, 'content-encoding': 'gzip' }),
  wire('more bytes promised than sent', HEAD, 'content-length: 5000\r\n\r\n{"name": "batches/abc"'),
  wire('two lengths', HEAD, 'content-length: 2\r\ncontent-length: 3\r\n\r\n{}'),
  wire('garbage in place of a chunk', HEAD, 'transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\nXYZ\r\n{}\r\n'),
  wire('chunks without an end', HEAD, 'transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n'),
  wire('100 KB of headers', HEAD, `x-filler: ${'x'.repeat(100_000)}\r\ncontent-length: 2\r\n\r\n{}`),
  wire('2,000 headers', HEAD, `${'x-many: 1\r\n'.repeat(2000)}content-length: 2\r\n\r\n{}`),
  wire('a header with a control', HEAD, 'x-bad: a\u0000b\r\ncontent-length: 2\r\n\r\n{}'),
  wire('no HTTP at all', 'SSH-2.0-OpenSSH_9.6\r\n'),
  wire(
    '101 for another protocol',
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
  ),
  wire('an early hint and nothing more', 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'),
  wire('a status that is a word', 'HTTP/1.1 OK OK\r\ncontent-length: 0\r\n\r\n'),
  wire('204', 'HTTP/1.1 204 No Content\r\n\r\n'),
  body('206', '{}', 206, { ...JSON_TYPE, 'content-range': 'bytes 0-1/2' }),
  ...REDIRECTS.map((status) => ({
    name: `${status} to another origin`,
    give: (exchange, { elsewhere }) =>
      exchange.answer(status, { location: `${elsewhere}${exchange.path}` }, ''),
  })),
  body('302 to another scheme', '', 302, { location: 'file:///etc/passwd' }),
  body('307 to itself', '', 307, { location: '?' }),
  body('304', '', 304),
  body(
    '503 that echoes the key',
    { error: { code: 503, status: 'UNAVAILABLE', message: `${NASTY} ${ECHO}` } },
    503,
    {
      ...JSON_TYPE,
      'x-request-id': ECHO,
      'retry-after': '-5',
    },
  ),
  body('500 in plain words', `${NASTY} ${ECHO}`, 500, { 'content-type': 'text/plain' }),
  body('429 without a body, for a billion seconds', '', 429, { 'retry-after': '1000000000' }),
  body('429 for a negative time', 'slow down', 429, { 'retry-after': '-1' }),
  body('429 until a day long gone', '{}', 429, { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }),
  body('429 until garbage', '<html>', 429, { 'retry-after': `NaN ${'9'.repeat(400)}` }),
  body('status 799', '{}', 799),
  withHeaders('a cookie and a security policy', {
    'set-cookie': `key=x; path=/`,
    'x-request-id': '"><script>',
    'strict-transport-security': 'max-age=99999999',
  }),
];

/**
 * A refusal without the service's own words, as a gateway gives it: nobody knows who spoke.
 */
const GATEWAY_STATUSES = [400, 401, 403, 404, 405, 409, 410, 413, 416, 418, 421, 451];

/** @returns {readonly import('./answer-tools.mjs').Answer[]} */
export function gatewayRefusals() {
  return GATEWAY_STATUSES.map((status) =>
    body(`${status} of a gateway`, `<html>${NASTY}${status}</html>`, status, { 'content-type': 'text/html' }),
  );
}
