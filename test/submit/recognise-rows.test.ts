import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { recogniseRows, type SourceFile } from '../../src/submit/recognise-rows.ts';

const { signal } = new AbortController();

function line(key: string | undefined, text: string): string {
  const request = { contents: [{ parts: [{ text }] }] };
  return `${JSON.stringify(key === undefined ? { request } : { key, request })}\n`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Files in a folder of their own, the first being the one whose rows are looked for. */
async function filesOf(...texts: readonly string[]): Promise<{
  readonly path: string;
  readonly sources: readonly SourceFile[];
}> {
  const folder = await mkdtemp(join(tmpdir(), 'recognise-rows-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const paths = await Promise.all(
    texts.map(async (text, index) => {
      const path = join(folder, `${index}.jsonl`);
      await writeFile(path, text);
      return path;
    }),
  );
  return { path: paths[0] ?? '', sources: paths.slice(1).map((path, index) => ({ batch: index + 1, path })) };
}

const ONE = `${line('a', '1')}\n${line('b', '2')}${line('c', '3')}${line('d', '4')}`;
const TWO = `${line('a', 'x')}${line('e', '5')}`;

test('finds each line by its key and its request, blank lines counted', async () => {
  const retry = `${line('b', '2')}${line('c', '3')}${line('e', '5')}`;
  const { path, sources } = await filesOf(retry, ONE, TWO);
  expect(await recogniseRows(path, sources, signal)).toEqual([
    { batch: 1, lines: '3-4', inputSha256: sha256(ONE) },
    { batch: 2, lines: '2', inputSha256: sha256(TWO) },
  ]);
});

test('tells requests of one key apart by what they ask', async () => {
  const { path, sources } = await filesOf(line('a', 'x'), ONE, TWO);
  expect(await recogniseRows(path, sources, signal)).toEqual([
    { batch: 2, lines: '1', inputSha256: sha256(TWO) },
  ]);
});

test('keeps the order of the rows where it is not that of the files', async () => {
  const { path, sources } = await filesOf(`${line('d', '4')}${line('a', '1')}`, ONE);
  const inputSha256 = sha256(ONE);
  expect(await recogniseRows(path, sources, signal)).toEqual([
    { batch: 1, lines: '5', inputSha256 },
    { batch: 1, lines: '1', inputSha256 },
  ]);
});

test('knows lines that have no key in their file', async () => {
  const keyless = `${line(undefined, 'hello')}${line(undefined, 'world')}`;
  const made = createHash('sha256').update(line(undefined, 'world').trimEnd()).digest('hex').slice(0, 20);
  const request = { contents: [{ parts: [{ text: 'world' }] }] };
  const { path, sources } = await filesOf(`${JSON.stringify({ key: `bs-${made}`, request })}\n`, keyless);
  expect(await recogniseRows(path, sources, signal)).toEqual([
    { batch: 1, lines: '2', inputSha256: sha256(keyless) },
  ]);
});

test.for([
  ['a line that is in no file', `${line('a', '1')}${line('a', 'other')}`],
  ['no line at all', ''],
])('does not guess: %s', async ([, retry]) => {
  const { path, sources } = await filesOf(retry ?? '', ONE, TWO);
  expect(await recogniseRows(path, sources, signal)).toBeUndefined();
});
