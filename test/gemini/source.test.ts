import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const room = new URL('../../src/gemini/', import.meta.url);

test('the SDK is loaded at its first use, by one file, and nothing else comes from outside', async () => {
  const outside = new Map<string, string[]>();
  for (const file of await readdir(room)) {
    const text = await readFile(new URL(file, room), 'utf8');
    expect(text, file).not.toMatch(/\bconsole\.|process\.(?:argv|stdout|stderr)|retryOptions|process\.env\[/);
    for (const [line, module] of text.matchAll(/^.*(?:from|import\()\s*'([^.'][^']*)'.*$/gm)) {
      if (module === undefined || line.startsWith('import type') || /^(?:node:|zod$)/.test(module)) continue;
      outside.set(file, [...(outside.get(file) ?? []), line.trim()]);
    }
  }
  expect(Object.fromEntries(outside)).toEqual({
    'sdk.ts': [expect.stringMatching(/^loading \?\?= import\('@google\/genai\/web'\)/)],
  });
});
