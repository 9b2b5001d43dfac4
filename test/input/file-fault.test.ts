import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openInput } from '../../src/input/file-fault.ts';
import { tempFolder } from '../config/temp-folder.ts';

test('openInput() takes a file above 2 GB only when it will be cut', async () => {
  const path = join(await tempFolder({ 'all.jsonl': '' }), 'all.jsonl');
  await truncate(path, 2 * 1024 ** 3 + 1);
  expect(await openInput(path)).toMatchObject({
    ok: false,
    fault: expect.stringContaining('2 GB') as string,
  });
  const opened = await openInput(path, { isCut: true });
  expect(opened.ok).toBe(true);
  if (opened.ok) await opened.file.close();
});
