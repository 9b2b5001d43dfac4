import { describe, expect, test } from 'vitest';
import { sha256 } from './fixtures.ts';

const MIB = 1024 * 1024;

/** As it is built: a thread is only started from there. */
const { createBlockHash } = (await import(
  new URL('../../dist/gemini/block-hash.js', import.meta.url).href
)) as typeof import('../../src/gemini/block-hash.ts');

describe('createBlockHash()', () => {
  test.for([
    { where: 'in this thread', expectedBytes: MIB },
    { where: 'in a thread of its own', expectedBytes: 64 * MIB },
  ])('hashes what it is given, in order, $where', async ({ expectedBytes }) => {
    const hash = createBlockHash(expectedBytes);
    const block = hash.block(MIB);
    const given: Buffer[] = [];
    for (let index = 0; index < 5; index += 1) {
      block.fill(index);
      // The block is filled anew at once: `update` resolves when its bytes are not needed any more.
      await hash.update(block.subarray(index));
      given.push(Buffer.from(block.subarray(index)));
    }
    expect(await hash.digest()).toBe(sha256(Buffer.concat(given)));
  });

  test('hashes two files at once, of which one has the thread', async () => {
    const hashes = [createBlockHash(64 * MIB), createBlockHash(64 * MIB)];
    await Promise.all(hashes.map((hash, index) => hash.update(hash.block(MIB).fill(index))));
    const digests = await Promise.all(hashes.map((hash) => hash.digest()));
    expect(digests).toEqual([sha256(Buffer.alloc(MIB, 0)), sha256(Buffer.alloc(MIB, 1))]);
  });

  test('hashes nothing as nothing', async () => {
    expect(await createBlockHash(64 * MIB).digest()).toBe(sha256(Buffer.alloc(0)));
  });

  test('says so when it was closed, and waits for nothing', async () => {
    const hash = createBlockHash(64 * MIB);
    hash.close();
    await expect(hash.update(hash.block(1))).rejects.toThrow('the thread that hashes has ended');
  });
});
