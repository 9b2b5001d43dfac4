import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readParsed, readSummary, saveSection, type RecordSummary } from '../../src/refine/summary.ts';

const SHA = 'ab'.repeat(32);
const WHOLE: Required<RecordSummary> = {
  schemaVersion: 1,
  parse: {
    records: { sizeBytes: 10, sha256: SHA, count: 2 },
    kind: 'schema',
    schema: 'kind.json',
    properties: ['text'],
    fields: ['text'],
    requests: { planned: 2, parsed: 1, unparsable: 1, without: 0 },
    batches: [{ batch: 1, planned: 2, parsed: 1, unparsable: 1, without: 0, records: 2 }],
    language: 'eng',
    unparsed: 1,
    gates: { short: 1 },
  },
  dedupe: {
    recordsSha256: SHA,
    duplicates: { sizeBytes: 0, sha256: SHA, count: 0 },
    fields: ['text'],
    threshold: 0.8,
    cosine: null,
    exact: 0,
    near: 0,
    close: 0,
  },
  embed: {
    recordsSha256: SHA,
    model: 'gemini-embedding-001',
    taskType: 'SEMANTIC_SIMILARITY',
    dimensions: 768,
    fields: ['text'],
    wanted: 2,
    embedded: 2,
  },
  import: {
    recordsSha256: SHA,
    to: 'sqlite',
    path: 'a.db',
    imported: 2,
    duplicates: 0,
    embedded: 2,
    heldBack: 0,
  },
};

async function makePath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'summary-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'summary.json');
}

test('each step saves its own section, and what was saved is read', async () => {
  const path = await makePath();
  expect(await readSummary(path)).toBeUndefined();
  await expect(readParsed(path)).rejects.toMatchObject({ code: 'E_RECORDS' });
  for (const name of ['parse', 'dedupe', 'embed', 'import'] as const) {
    await saveSection(path, name, WHOLE[name]);
    expect(await readSummary(path)).toMatchObject({ [name]: WHOLE[name] });
  }
  expect(await readSummary(path)).toEqual(WHOLE);
  expect(await readParsed(path)).toEqual(WHOLE);
});

test.for(['', '[]', '{"schemaVersion":2}', '{"schemaVersion":1,"parse":{}}', '{'])(
  'a file that is %j is not written over',
  async (content) => {
    const path = await makePath();
    await writeFile(path, content);
    await expect(saveSection(path, 'dedupe', WHOLE.dedupe)).rejects.toMatchObject({ code: 'E_RECORDS' });
    expect(await readFile(path, 'utf8')).toBe(content);
  },
);
