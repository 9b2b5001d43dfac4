import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readEnvFile } from '../../src/config/env-file.ts';
import { tempFolder } from './temp-folder.ts';

async function read(content: string | Uint8Array): ReturnType<typeof readEnvFile> {
  return await readEnvFile({ directory: await tempFolder({ '.env': content }) });
}

describe('readEnvFile()', () => {
  test.for([
    ['plain', 'GEMINI_API_KEY=abc\nBATCH_SUBMIT_POLL=5s\n'],
    ['CRLF', 'GEMINI_API_KEY=abc\r\nBATCH_SUBMIT_POLL=5s\r\n'],
    ['a byte-order mark', '\uFEFFGEMINI_API_KEY=abc\nBATCH_SUBMIT_POLL=5s'],
    ['quotes and comments', '# key\nGEMINI_API_KEY="abc" # mine\nexport BATCH_SUBMIT_POLL=\'5s\''],
  ] as const)('reads %s', async ([, content]) => {
    expect(await read(content)).toEqual({
      name: '.env',
      values: { GEMINI_API_KEY: 'abc', BATCH_SUBMIT_POLL: '5s' },
      warnings: [],
    });
  });

  test('takes nothing that decides where the key goes, and says so without the value', async () => {
    const before = { ...process.env };
    const { values, warnings } = await read(
      [
        'BATCH_SUBMIT_BASE_URL=https://evil.example',
        'BATCH_SUBMIT_HTTPS_PROXY=http://evil.example',
        'HTTPS_PROXY=http://evil.example',
        'http_proxy=http://evil.example',
        'NODE_OPTIONS=--require=evil',
        'NODE_TLS_REJECT_UNAUTHORIZED=0',
        'GOOGLE_GEMINI_BASE_URL=https://evil.example',
        'GOOGLE_GENAI_USE_VERTEXAI=true',
        'PATH=/evil',
        'DATABASE_URL=postgres://somebody',
        'BATCH_SUBMIT_MODEL=m',
        'BATCH_SUBMIT_UNKNOWN=1',
        'GOOGLE_API_KEY=k',
      ].join('\n'),
    );
    expect(values).toEqual({ BATCH_SUBMIT_MODEL: 'm', BATCH_SUBMIT_UNKNOWN: '1', GOOGLE_API_KEY: 'k' });
    expect(new Set(warnings.map((warning) => warning.split(' ')[0]))).toEqual(
      new Set([
        'BATCH_SUBMIT_BASE_URL',
        'BATCH_SUBMIT_HTTPS_PROXY',
        'GOOGLE_GEMINI_BASE_URL',
        'GOOGLE_GENAI_USE_VERTEXAI',
        'HTTPS_PROXY',
        'NODE_OPTIONS',
        'NODE_TLS_REJECT_UNAUTHORIZED',
        'http_proxy',
      ]),
    );
    expect(warnings.join()).not.toContain('evil');
    expect(process.env).toEqual(before);
  });

  test('is content without a .env, and reads none on request', async () => {
    const nothing = { name: undefined, values: {}, warnings: [] };
    expect(await readEnvFile({ directory: await tempFolder() })).toEqual(nothing);
    const directory = await tempFolder({ '.env': 'GEMINI_API_KEY=abc' });
    expect(await readEnvFile({ directory, isDisabled: true })).toEqual(nothing);
  });

  test('wants a named file to exist', async () => {
    await expect(readEnvFile({ directory: '.', file: '/nowhere/x.env' })).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: 'Cannot read the variables in "/nowhere/x.env": it does not exist',
    });
  });

  test.for([
    ['a NUL', 'A=\0', 'it holds a NUL byte; it must be UTF-8 text'],
    ['UTF-16', Buffer.from('A=1', 'utf16le'), 'it holds a NUL byte; it must be UTF-8 text'],
    ['Latin-1', Buffer.from('A=é', 'latin1'), 'it is not UTF-8 text'],
    ['over 1 MB', '#'.repeat(1_000_001), 'it is larger than 1 MB'],
  ] as const)('refuses %s', async ([, content, fact]) => {
    await expect(read(content)).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: `Cannot read the variables in ".env": ${fact}`,
    });
  });

  test('refuses a folder called .env', async () => {
    const directory = await tempFolder();
    await mkdir(join(directory, '.env'));
    await expect(readEnvFile({ directory })).rejects.toThrow('it is a folder');
  });

  test.skipIf(process.platform === 'win32').for([
    [0o600, 'GEMINI_API_KEY=abc', 0],
    [0o640, 'GEMINI_API_KEY=abc', 1],
    [0o644, 'GEMINI_API_KEY=abc', 1],
    [0o666, 'GOOGLE_API_KEY=abc', 1],
    [0o644, 'GEMINI_API_KEY=', 0],
    [0o644, 'BATCH_SUBMIT_MODEL=m', 0],
  ] as const)('mode %o with %s gives %d warnings', async ([mode, content, count]) => {
    const directory = await tempFolder({ '.env': content });
    await chmod(join(directory, '.env'), mode);
    expect((await readEnvFile({ directory })).warnings).toHaveLength(count);
  });
});
