import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { keepUpload } from '../../../src/mcp/compat/keep-upload.ts';

test('keepUpload() gives the same bytes one number, also to servers that ask at once', async ({
  expect,
  onTestFinished,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'batch-submit-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const isTaken = (batch: number): boolean => batch === 800_000_002;
  const keep = async (text: string): Promise<number> =>
    (await keepUpload(folder, [Buffer.from(text)], isTaken)).batch;
  const same = await Promise.all(Array.from({ length: 8 }, () => keep('same')));
  expect(new Set(same)).toEqual(new Set([800_000_001]));
  // The state has another use for the next number.
  expect(await keep('other')).toBe(800_000_003);
  expect(await keep('same')).toBe(800_000_001);
  expect((await readdir(folder)).sort()).toEqual(['batch_800000001.jsonl', 'batch_800000003.jsonl']);
});
