import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectFile } from '../../src/input/inspect-file.ts';
import { inspectInput } from '../../src/input/inspect.ts';
import { tempFolder } from '../config/temp-folder.ts';

const TEXT = { contents: [{ parts: [{ text: 'Why?' }] }] };
const VECTOR = { content: { parts: [{ text: 'Why?' }] }, taskType: 'CLUSTERING', output_dimensionality: 8 };

async function fileOf(...requests: readonly object[]): Promise<string> {
  const lines = requests.map((request, index) => JSON.stringify({ key: `k${index}`, request }));
  return join(await tempFolder({ 'b1.jsonl': lines.join('\n') }), 'b1.jsonl');
}

test.for([
  ['gemini-embedding-001', VECTOR],
  ['models/gemini-embedding-2', VECTOR],
  ['gemini-2.5-flash', TEXT],
] as const)('%s takes its own kind of request', async ([model, request]) => {
  expect(await inspectFile(await fileOf(request), undefined, { model })).toMatchObject({ findings: [] });
});

test.for([
  ['gemini-embedding-001', VECTOR, TEXT, 'line 2 asks for text, and the model gives embeddings alone'],
  ['gemini-2.5-flash', TEXT, VECTOR, 'line 2 asks for an embedding, and the model gives none'],
] as const)('%s takes no other kind', async ([model, good, bad, detail]) => {
  const path = await fileOf(good, bad);
  expect(await inspectInput(path, undefined, { model })).toEqual({
    ok: false,
    count: 1,
    problems: [{ reason: 'other_kind', line: 2, detail }],
  });
  // Without a model nobody can say.
  expect(await inspectInput(path)).toMatchObject({ ok: true });
});
