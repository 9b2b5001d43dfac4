import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { inspectInput } from '../../src/input/inspect.ts';
import { makeBatches } from '../../src/rehearse/make-batches.ts';

async function made(
  batches: number,
  seed: number,
): Promise<{ readonly folder: string; readonly bytes: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'make-batches-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return { folder, bytes: await makeBatches({ directory: folder, batches, seed }) };
}

describe('makeBatches()', () => {
  test('makes files of the shape people have: one line, no key, no final newline, 180 to 410 KB, CRLF in strings, not only ASCII', async () => {
    const { folder, bytes } = await made(12, 1);
    const names = (await readdir(folder)).sort();
    expect([names.length, names[0], names[11]]).toEqual([
      12,
      'batch_001_proper.jsonl',
      'batch_012_proper.jsonl',
    ]);
    let total = 0;
    for (const name of names) {
      const text = await readFile(join(folder, name), 'utf8');
      const size = Buffer.byteLength(text);
      total += size;
      expect(size, name).toBeGreaterThanOrEqual(180_000);
      expect(size, name).toBeLessThanOrEqual(410_000);
      expect(text).not.toContain('\n');
      expect(text).toContain(String.raw`\r\n`);
      expect(text).toMatch(/[^\p{ASCII}]/u);
      expect(JSON.parse(text)).not.toHaveProperty('key');
    }
    expect(bytes).toBe(total);
  });

  test('makes files that pass the check before an upload', async () => {
    const { folder } = await made(1, 7);
    expect(await inspectInput(join(folder, 'batch_001_proper.jsonl'))).toMatchObject({
      ok: true,
      facts: { lines: 1 },
      keyless: 1,
    });
  });

  test('makes the same bytes from the same seed, others from another', async () => {
    const [one, same, other] = [await made(1, 3), await made(1, 3), await made(1, 4)];
    const read = ({ folder }: { folder: string }): Promise<Buffer> =>
      readFile(join(folder, 'batch_001_proper.jsonl'));
    expect(await read(one)).toEqual(await read(same));
    expect(await read(one)).not.toEqual(await read(other));
  });

  test('never writes over a file that is there', async () => {
    const { folder } = await made(1, 1);
    await expect(makeBatches({ directory: folder, batches: 1, seed: 2 })).rejects.toMatchObject({
      code: 'EEXIST',
    });
  });
});
