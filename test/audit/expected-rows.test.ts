import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readExpectedRows, type ExpectedRows } from '../../src/audit/expected-rows.ts';

const REQUEST = '{"contents":[{"parts":[{"text":"What is it?"}]}]}';

async function read(bytes: string | Buffer): Promise<ExpectedRows> {
  const folder = await mkdtemp(join(tmpdir(), 'expected-rows-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'batch_001.jsonl');
  await writeFile(path, bytes);
  const rows = await readExpectedRows(path, undefined);
  if (rows === undefined) throw new Error('the file was not read');
  return rows;
}

function madeKey(line: string): string {
  return `bs-${createHash('sha256').update(line).digest('hex').slice(0, 20)}`;
}

describe('readExpectedRows()', () => {
  test.for<[string, string, string]>([
    ['text', `{"key":"one","request":${REQUEST}}`, 'one'],
    ['text that is wide', `{"request":${REQUEST},"key":"clé 🜁"}`, 'clé 🜁'],
    ['text with escapes', `{"key":"\\u00e9\\n\\"","request":${REQUEST}}`, 'é\n"'],
    ['text and escapes of UTF-8', `{"key":"é\\u00e9","request":${REQUEST}}`, 'éé'],
    ['a name of every object', `{"key":"__proto__","request":${REQUEST}}`, '__proto__'],
    ['a number', `{"key":17,"request":${REQUEST}}`, '17'],
    ['a number with a point', `{"key":1.50,"request":${REQUEST}}`, '1.50'],
  ])('finds a key that is %s', async ([, line, key]) => {
    const rows = await read(`${line}\n`);
    expect([rows.count, rows.find(key), rows.isKeyMade(0)]).toEqual([1, 0, false]);
  });

  test('finds a row by the exact digits of its number, beyond 2^53 too', async () => {
    const keys = ['1234567890123456789', '1234567890123456790'];
    const rows = await read(keys.map((key) => `{"key":${key},"request":${REQUEST}}\n`).join(''));
    expect(keys.map((key) => rows.find(key))).toEqual([0, 1]);
    expect([rows.next(0), rows.find(String(Number(keys[0])))]).toEqual([-1, -1]);
  });

  test.for<[string, string]>([
    ['that is not there', `{"request":${REQUEST}}`],
    ['that is empty', `{"key":"","request":${REQUEST}}`],
    ['that is null', `{"key":null,"request":${REQUEST}}`],
    ['that is a list', `{"key":["a"],"request":${REQUEST}}`],
    ['of a bare request', REQUEST],
  ])('makes a key from the line for one %s', async ([, line]) => {
    const rows = await read(`  ${line} \r\n`);
    expect([rows.count, rows.find(madeKey(line)), rows.isKeyMade(0)]).toEqual([1, 0, true]);
  });

  test('the same line again gets a key of its own', async () => {
    const line = `{"request":${REQUEST}}`;
    const rows = await read(`${line}\n${line}\n${line}`);
    expect(['', '-2', '-3'].map((end) => rows.find(`${madeKey(line)}${end}`))).toEqual([0, 1, 2]);
    expect([0, 1, 2].map((row) => rows.next(row))).toEqual([-1, -1, -1]);
  });

  test('rows with one key follow each other', async () => {
    const line = (key: string): string => `{"key":"${key}","request":${REQUEST}}\n`;
    const rows = await read([line('a'), line('b'), line('a'), line('a')].join(''));
    expect([rows.find('a'), rows.next(0), rows.next(2), rows.next(3)]).toEqual([0, 2, 3, -1]);
    expect([rows.find('b'), rows.next(1), rows.find('c')]).toEqual([1, -1, -1]);
  });

  test('lines are counted as an editor counts, whatever ends them', async () => {
    const line = `{"request":${REQUEST}}`;
    const rows = await read(`\r\n\n${line}\r\n  \t\r\n${line}`);
    expect([rows.count, rows.lineOf(0), rows.lineOf(1)]).toEqual([2, 3, 5]);
  });

  test('knows the bytes of the whole file', async () => {
    const text = `{"key":"é","request":${REQUEST}}\r\n\n`;
    const rows = await read(text);
    expect([rows.sizeBytes, rows.sha256]).toEqual([
      Buffer.byteLength(text),
      createHash('sha256').update(text).digest('hex'),
    ]);
  });

  test('what cannot be read is not made up', async () => {
    expect(await readExpectedRows(join(tmpdir(), 'no-such-folder', 'a.jsonl'), undefined)).toBeUndefined();
  });

  test('remembers of each request what its answer must look like', async () => {
    const config = (more: string): string => `{"request":{"contents":[],"generationConfig":{${more}}}}\n`;
    const json = '"responseMimeType":"application/json"';
    const schema = `${json},"responseSchema":{"type":"STRING"}`;
    const rows = await read([config(''), config(json), config(schema), config(schema)].join(''));
    expect([0, 1, 2, 3].map((row) => rows.expectationOf(row))).toEqual([
      { wantsJson: false, schema: undefined },
      { wantsJson: true, schema: undefined },
      { wantsJson: true, schema: 0 },
      { wantsJson: true, schema: 0 },
    ]);
    expect(rows.expectations.schemaCount).toBe(1);
  });
});
