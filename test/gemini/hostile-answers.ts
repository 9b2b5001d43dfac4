import type { Deadlines } from '../../src/gemini/options.ts';
import { googleError, reply, type Script } from './scripted-server.ts';

/** The answer to a create that worked. */
export const JOB = {
  name: 'batches/abc123',
  metadata: {
    displayName: 'bs1/a/1',
    state: 'BATCH_STATE_PENDING',
    inputConfig: { fileName: 'files/bs1-a-00001' },
    batchStats: { requestCount: '2', pendingRequestCount: '2' },
  },
};

/** Short limits only where a limit is what is tested: a busy machine may take longer for an answer. */
export function deadlinesFor(what: string): Partial<Deadlines> {
  return what === 'silence' || what === 'a body that stops' ? { headersMs: 150, idleMs: 150 } : {};
}

/** Answers under which nobody knows whether a job was made. */
export const HOSTILE: readonly (readonly [what: string, script: Script])[] = [
  ['HTML', (_, response) => reply(response, 200, '<html>welcome</html>', { 'content-type': 'text/html' })],
  ['truncated JSON', (_, response) => reply(response, 200, '{"name":"batches/abc123","metadata":{')],
  ['an empty body', (_, response) => reply(response, 200, '')],
  ['an empty object', (_, response) => reply(response, 200, {})],
  ['null', (_, response) => reply(response, 200, 'null')],
  ['a name that is a path', (_, response) => reply(response, 200, { ...JOB, name: 'batches/../../x' })],
  ['a name with a control', (_, response) => reply(response, 200, { ...JOB, name: 'batches/a\u202eb' })],
  ['a long name', (_, response) => reply(response, 200, { ...JOB, name: `batches/${'a'.repeat(129)}` })],
  ['another job', (_, response) => reply(response, 200, { ...JOB, metadata: { displayName: 'bs1/a/2' } })],
  ['an error under 200', (_, response) => reply(response, 200, googleError(400, 'INVALID_ARGUMENT', 'x'))],
  ['a deep body', (_, response) => reply(response, 200, `${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
  [
    'a huge body',
    (_, response) => reply(response, 200, `{"name":"batches/abc123","x":"${'x'.repeat(11 << 20)}"}`),
  ],
  ['no content', (_, response) => reply(response, 204)],
  ['429 without a body', (_, response) => reply(response, 429)],
  ['500', (_, response) => reply(response, 500, googleError(500, 'INTERNAL', 'x'))],
  ['502 HTML', (_, response) => reply(response, 502, '<html></html>')],
  ['503', (_, response) => reply(response, 503, googleError(503, 'UNAVAILABLE', 'x'))],
  ['408', (_, response) => reply(response, 408, googleError(408, 'DEADLINE_EXCEEDED', 'x'))],
  ['a status no one knows', (_, response) => reply(response, 799, '{}')],
  ['a reset', (_, response) => response.socket?.resetAndDestroy()],
  [
    'a cut body',
    (_, response) => {
      response.writeHead(200, { 'content-length': '5000' });
      response.write(JSON.stringify(JOB));
      setImmediate(() => response.destroy());
    },
  ],
  [
    'bytes that are not HTTP',
    (_, response) => {
      response.socket?.end('SSH-2.0-OpenSSH\r\n');
    },
  ],
  ['silence', () => undefined],
  [
    'a body that stops',
    (_, response) => {
      response.writeHead(200, { 'content-length': '5000' });
      response.write('{');
    },
  ],
];
