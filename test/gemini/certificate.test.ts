import { once } from 'node:events';
import { createServer } from 'node:https';
import { expect, onTestFinished, test } from 'vitest';
import { noSignal, serviceAt } from './fixtures.ts';
import { SELF_SIGNED } from './self-signed.ts';

/** Answers everything, and remembers whether it was ever asked. */
async function impostor(): Promise<{ readonly url: string; readonly asked: () => number }> {
  let asked = 0;
  const server = createServer(SELF_SIGNED, (_request, response) => {
    asked += 1;
    response.end('{"name":"batches/impostor"}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return {
    url: `https://127.0.0.1:${typeof address === 'object' ? address?.port : undefined}`,
    asked: () => asked,
  };
}

test('nothing is sent to a server whose certificate is not valid, and it is not asked again', async () => {
  const { url, asked } = await impostor();
  const service = serviceAt(url);
  const create = { model: 'gemini-2.5-flash', displayName: 'x', fileName: 'files/x' };
  const untrusted = { ok: false, failure: { kind: 'untrusted', reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' } };
  expect(await service.createJob(create)).toMatchObject(untrusted);
  expect(await service.listJobs(undefined, noSignal)).toMatchObject(untrusted);
  expect(await service.getFile('files/x', noSignal)).toMatchObject(untrusted);
  expect(asked()).toBe(0);
});
