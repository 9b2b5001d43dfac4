import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inputFile, noSignal, scripted, serviceAt, temporaryDirectory } from './fixtures.ts';
import { startUploadServer } from './upload-server.ts';
import { uploadOf } from './upload-request.ts';

const MIB = 1024 * 1024;
/** Large enough to be hashed in a thread of its own. */
const LARGE = 40 * MIB + 17;

describe('a large upload', () => {
  test('arrives whole, also when it is cut', async () => {
    const input = await inputFile(LARGE);
    const server = await startUploadServer({ sends: [{ cutAt: 24 * MIB }] });
    const uploaded = await serviceAt(server.url).uploadFile(uploadOf(input).request, noSignal);
    expect(uploaded).toMatchObject({ ok: true, value: { sha256: input.sha256 } });
    expect(server.calls).toEqual(['start', 'send 0', 'query', `send ${24 * MIB}`]);
    expect(server.content()?.equals(input.bytes)).toBe(true);
  });

  test('is not completed when the file was edited', async () => {
    const input = await inputFile(LARGE);
    const file = await open(input.path, 'r+');
    await file.write('edited', 20 * MIB);
    await file.close();
    const server = await startUploadServer();
    const uploaded = await serviceAt(server.url).uploadFile(uploadOf(input).request, noSignal);
    expect(uploaded).toMatchObject({ ok: false, failure: { kind: 'input_changed' } });
    expect(server.content()).toBeUndefined();
  });
});

describe('a large download', () => {
  test('is saved and hashed as it came, also when it begins again', async () => {
    const { bytes, sha256 } = await inputFile(70 * MIB + 17);
    const server = await scripted((_, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      if (server.seen.length > 1) response.end(bytes);
      else response.write(bytes.subarray(0, 66 * MIB), () => response.socket?.resetAndDestroy());
    });
    const path = join(await temporaryDirectory(), 'result.jsonl');
    const results = { kind: 'file', name: 'files/batch-large' } as const;
    const saved = await serviceAt(server.url).downloadResult('batches/large', results, path, noSignal);
    expect(saved).toEqual({ ok: true, value: { sizeBytes: bytes.length, sha256 } });
    expect((await readFile(path)).equals(bytes)).toBe(true);
    expect(server.seen).toHaveLength(2);
  });
});
