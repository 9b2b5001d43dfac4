import { createHash } from 'node:crypto';
import { appendFile, rename, truncate, writeFile } from 'node:fs/promises';
import { writeSync, openSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inputFile, noSignal, scripted, serviceAt } from './fixtures.ts';
import { reply } from './scripted-server.ts';
import { startUploadServer } from './upload-server.ts';
import { uploadOf } from './upload-request.ts';

const MIB = 1024 * 1024;
/** Only what is silent meets these limits; everything else answers far sooner. */
const SHORT = { headersMs: 400, idleMs: 400 };

describe('uploadFile() and its input', () => {
  test.for([['edited at the end'], ['edited at the start'], ['made shorter'], ['appended to']] as const)(
    'never completes a file that is %s under way',
    async ([how]) => {
      const input = await inputFile(8 * MIB);
      let edited: Promise<unknown> | undefined;
      const edit = (): void => {
        if (edited !== undefined) return;
        const descriptor = openSync(input.path, 'r+');
        if (how === 'edited at the end') writeSync(descriptor, 'X', input.sizeBytes - 1);
        // The start is read again only when the upload is resumed.
        if (how === 'edited at the start') writeSync(descriptor, 'X', 5);
        edited = Promise.resolve();
        if (how === 'made shorter') edited = truncate(input.path, 100);
        if (how === 'appended to') edited = appendFile(input.path, 'more');
      };
      const resumed = how === 'edited at the start';
      const server = await startUploadServer({
        sends: [{ cutAt: MIB, ...(resumed ? {} : { onReach: edit }) }],
        onQuery: () => {
          if (resumed) edit();
          return false;
        },
      });
      const { request, sessions } = uploadOf(input, { onProgress: () => (resumed ? undefined : edit()) });
      const uploaded = await serviceAt(server.url).uploadFile(request, noSignal);
      await edited;
      if (how === 'appended to') {
        // The bytes that were checked are the bytes that were sent: the service's hash proves it.
        expect(uploaded).toMatchObject({ ok: true, value: { sha256: input.sha256 } });
        return;
      }
      expect(uploaded).toMatchObject({ ok: false, failure: { kind: 'input_changed' } });
      expect(server.content()).toBeUndefined();
      expect(server.calls.at(-1)).toBe('cancel');
      expect(sessions.at(-1)).toBeUndefined();
    },
  );

  test('sends nothing of a file that is gone, of another size, or no file', async () => {
    const input = await inputFile(1000);
    const server = await startUploadServer();
    const service = serviceAt(server.url);
    for (const changed of [
      { ...input, path: `${input.path}.gone` },
      { ...input, sizeBytes: 999 },
      { ...input, path: '/dev' },
    ]) {
      expect(await service.uploadFile(uploadOf(changed).request, noSignal)).toMatchObject({
        ok: false,
        failure: { kind: 'input_changed' },
      });
    }
    expect(server.seen).toHaveLength(0);
  });

  test('sends the file it opened, even when another takes its place', async () => {
    const input = await inputFile(4 * MIB);
    await writeFile(`${input.path}.new`, 'other');
    const server = await startUploadServer();
    let swapped: Promise<void> | undefined;
    const { request } = uploadOf(input, {
      onProgress: () => {
        swapped ??= rename(`${input.path}.new`, input.path);
      },
    });
    expect(await serviceAt(server.url).uploadFile(request, noSignal)).toMatchObject({ ok: true });
    await swapped;
    expect(server.content()?.equals(input.bytes)).toBe(true);
  });

  test('notices a server that stops reading', async () => {
    const input = await inputFile(32 * MIB);
    const server = await scripted(
      (request, response) =>
        reply(response, request.headers['x-goog-upload-command'] === 'query' ? 503 : 200, '', {
          'x-goog-upload-status': 'active',
          'x-goog-upload-url': `http://${request.headers.host}/upload/v1beta/files?upload_id=s0`,
        }),
      (incoming) => {
        if (incoming.headers['x-goog-upload-command'] !== 'upload, finalize') return false;
        incoming.pause();
        return true;
      },
    );
    const uploaded = await serviceAt(server.url, { deadlines: SHORT }).uploadFile(
      uploadOf(input).request,
      noSignal,
    );
    expect(uploaded).toMatchObject({ ok: false, failure: { kind: 'unavailable', httpStatus: 503 } });
  });

  test('keeps every byte in its place when the server reads slowly', async () => {
    const input = await inputFile(24 * MIB);
    const hash = createHash('sha256');
    const server = await scripted(
      (request, response) =>
        reply(response, 200, '', {
          'x-goog-upload-status': 'active',
          'x-goog-upload-url': `http://${request.headers.host}/upload/v1beta/files?upload_id=s0`,
        }),
      (incoming, response) => {
        if (incoming.headers['x-goog-upload-command'] !== 'upload, finalize') return false;
        let count = 0;
        incoming.on('data', (piece: Buffer) => {
          hash.update(piece);
          count += 1;
          if (count % 40 !== 0) return;
          incoming.pause();
          setTimeout(() => incoming.resume(), 3);
        });
        incoming.on('end', () => {
          const file = { name: 'files/bs1-a-00001', sizeBytes: `${input.sizeBytes}`, state: 'ACTIVE' };
          reply(response, 200, { file }, { 'x-goog-upload-status': 'final' });
        });
        return true;
      },
    );
    expect(await serviceAt(server.url).uploadFile(uploadOf(input).request, noSignal)).toMatchObject({
      ok: true,
    });
    expect(hash.digest('hex')).toBe(input.sha256);
  });
});
