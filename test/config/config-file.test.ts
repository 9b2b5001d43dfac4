import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfigFile } from '../../src/config/config-file.ts';
import { tempFolder } from './temp-folder.ts';

const NAME = 'batch-submit.config.json';

describe('readConfigFile()', () => {
  test('reads the file of the folder, or another that is named', async () => {
    const directory = await tempFolder({ [NAME]: '\uFEFF{"model":"a"}\r\n', 'other.json': '{"model":"b"}' });
    expect(await readConfigFile({ directory })).toEqual({ name: NAME, values: { model: 'a' } });
    const file = join(directory, 'other.json');
    expect(await readConfigFile({ directory, file })).toEqual({ name: file, values: { model: 'b' } });
  });

  test('is content without one unless it was named', async () => {
    const directory = await tempFolder();
    expect(await readConfigFile({ directory })).toEqual({ name: undefined, values: {} });
    await expect(readConfigFile({ directory, file: '/nowhere.json' })).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: 'Cannot read the settings in "/nowhere.json": it does not exist',
    });
  });

  test.for([
    ['', 'line 1 is not valid JSON'],
    ['{', 'line 1 is not valid JSON'],
    ['{\n  "a": 1,\n}', 'line 3 is not valid JSON'],
    ['{\n  "a": ,\n  "b": 1\n}', 'line 2 is not valid JSON'],
    ['{\n  "a": 1\n  "b": 1\n}\n', 'line 3 is not valid JSON'],
    ['{\n  "a": 1,\n  // note\n  "b": 1\n}\n', 'line 3 is not valid JSON'],
    ["{\n  'a': 1\n}\n", 'line 2 is not valid JSON'],
    ['{\n  "a": "open\n}\n', 'line 2 is not valid JSON'],
    ['{\n  "a": 1\n}\n<<<<<<< HEAD\n', 'line 4 is not valid JSON'],
    ['{\n  "a": [1,\n', 'line 3 is not valid JSON'],
    ['{\n  "a": tru\n}', 'line 3 is not valid JSON'],
    ['[]', 'it is not a JSON object'],
    ['null', 'it is not a JSON object'],
    ['"AIzaSecret"', 'it is not a JSON object'],
    ['{"a":"\0"}', 'it holds a NUL byte; it must be UTF-8 text'],
    [' '.repeat(1_000_001), 'it is larger than 1 MB'],
  ] as const)('refuses %j', async ([content, fact]) => {
    const directory = await tempFolder({ [NAME]: content });
    await expect(readConfigFile({ directory })).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: `Cannot read the settings in "${NAME}": ${fact}`,
    });
  });

  test('finds the line in a large file at once', async () => {
    const directory = await tempFolder({ [NAME]: `{\n${'"a": 1,\n'.repeat(100_000)}"b" 2}` });
    await expect(readConfigFile({ directory })).rejects.toThrow('line 100002 is not valid JSON');
  });
});
