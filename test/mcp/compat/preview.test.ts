import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { previewOf } from '../../../src/mcp/compat/preview.ts';

test('previewOf() shows five results, and the beginning of what is long or broken', async ({
  expect,
  onTestFinished,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'batch-submit-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'results.jsonl');
  const long = JSON.stringify({ key: 'b', response: 'x'.repeat(5000) });
  const lines = ['{"key":"a"}', '', long, 'half a li', '{"key":"c"}', '{"key":"d"}', '{"key":"e"}'];
  await writeFile(path, lines.join('\n'));
  expect(await previewOf(path)).toEqual([
    { key: 'a' },
    { key: 'b', truncated: true, text: long.slice(0, 2000) },
    { key: null, truncated: true, text: 'half a li' },
    { key: 'c' },
    { key: 'd' },
  ]);
});
