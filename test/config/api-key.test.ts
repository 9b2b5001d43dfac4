import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { resolveApiKey, type ApiKeyRequest } from '../../src/config/api-key.ts';
import { Secret } from '../../src/config/secret.ts';
import { tempFolder } from './temp-folder.ts';

async function find(
  request: Partial<ApiKeyRequest>,
): Promise<{ key: string; origin: string; warnings: readonly string[] }> {
  const readStdin = (): Promise<string> => Promise.resolve('from-stdin\n');
  const { key, origin, warnings } = await resolveApiKey({
    environment: {},
    envFile: {},
    apiKeyFile: undefined,
    readStdin,
    verb: 'submit',
    ...request,
  });
  return { key: key.reveal(), origin, warnings };
}

describe('Secret', () => {
  test('shows itself nowhere but by reveal()', () => {
    const secret = new Secret('hunter2');
    const shown = [
      String(secret),
      `key: ${String(secret)}`,
      ['', secret].join(''),
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: [secret] }, { showHidden: true, depth: 9 }),
      Object.keys(secret).join(),
      JSON.stringify(structuredClone(secret)),
    ].join('\n');
    expect(shown).not.toContain('hunter2');
    expect(shown).toContain('[redacted]');
    expect(secret.reveal()).toBe('hunter2');
  });
});

describe('resolveApiKey()', () => {
  test('takes the file over the environment over .env', async () => {
    const folder = await tempFolder({ key: '\uFEFF  from-file\r\n' });
    const all = { environment: { GEMINI_API_KEY: 'a' }, envFile: { GEMINI_API_KEY: 'b' } };
    const apiKeyFile = join(folder, 'key');
    expect(await find({ ...all, apiKeyFile })).toEqual({
      key: 'from-file',
      origin: `"${apiKeyFile}"`,
      warnings: [],
    });
    expect(await find({ ...all, apiKeyFile: '-' })).toMatchObject({
      key: 'from-stdin',
      origin: 'standard input',
    });
    expect(await find(all)).toMatchObject({ key: 'a', origin: 'the environment (GEMINI_API_KEY)' });
    expect(await find({ ...all, environment: {} })).toMatchObject({
      key: 'b',
      origin: '.env (GEMINI_API_KEY)',
    });
  });

  test.for([
    [{ GOOGLE_API_KEY: 'g' }, 'g', 'the environment (GOOGLE_API_KEY)'],
    [{ GOOGLE_API_KEY: 'k', GEMINI_API_KEY: 'k' }, 'k', 'the environment (GEMINI_API_KEY)'],
    [{ GOOGLE_API_KEY: 'k', GEMINI_API_KEY: ' k\r' }, 'k', 'the environment (GEMINI_API_KEY)'],
    [{ GOOGLE_API_KEY: ' ', GEMINI_API_KEY: 'k' }, 'k', 'the environment (GEMINI_API_KEY)'],
    [{ GOOGLE_API_KEY: '', GEMINI_API_KEY: '' }, 'env', '.env (GEMINI_API_KEY)'],
  ] as const)('%j', async ([environment, key, origin]) => {
    expect(await find({ environment, envFile: { GEMINI_API_KEY: 'env' } })).toMatchObject({ key, origin });
  });

  test('stops when one source holds two different keys, without showing them', async () => {
    const two = { GEMINI_API_KEY: 'hunter2', GOOGLE_API_KEY: 'hunter3' };
    await expect(find({ environment: two })).rejects.toMatchObject({
      code: 'E_KEY_CONFLICT',
      message: 'Cannot submit: GEMINI_API_KEY and GOOGLE_API_KEY are both set in the environment and differ',
    });
    await expect(find({ envFile: two, envFileName: 'prod.env' })).rejects.toThrow(
      /both set in prod\.env and differ$/,
    );
    expect(await find({ environment: { GOOGLE_API_KEY: 'g' }, envFile: two })).toMatchObject({ key: 'g' });
  });

  test('says what is missing', async () => {
    await expect(find({ verb: 'download' })).rejects.toMatchObject({
      code: 'E_KEY_MISSING',
      message: 'Cannot download: no API key found in the environment, .env or --api-key-file',
      hint: 'put GEMINI_API_KEY=… in .env (see .env.example)',
    });
    await expect(find({ apiKeyFile: '-', readStdin: () => Promise.resolve(' \n') })).rejects.toMatchObject({
      code: 'E_KEY_MISSING',
      message: 'Cannot submit: standard input holds no API key',
    });
  });

  test.for([
    'hunter2 x',
    'hunter2\nx',
    'hunter2\u0007',
    'hunter2é',
    'hunter2\u200b',
    `hunter2${'x'.repeat(5000)}`,
  ])('refuses %j without showing it', async (value) => {
    const error: unknown = await find({ environment: { GEMINI_API_KEY: value } }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({ code: 'E_KEY_REFUSED' });
    expect(inspect(error)).not.toContain('hunter2');
  });

  test('explains a key file that cannot be read', async () => {
    await expect(find({ apiKeyFile: '/nowhere/key' })).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: 'Cannot read the key file "/nowhere/key": it does not exist',
    });
  });

  test.skipIf(process.platform === 'win32')('warns of a key file that others may read', async () => {
    const folder = await tempFolder({ key: 'k' });
    await chmod(join(folder, 'key'), 0o644);
    const { warnings } = await find({ apiKeyFile: join(folder, 'key') });
    expect(warnings).toEqual([
      `"${join(folder, 'key')}" holds an API key and others may read it: run \`chmod 600 ${join(folder, 'key')}\``,
    ]);
  });
});
