import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { SETTINGS } from '../../src/config/settings-table.ts';
import { configSchema } from '../../src/config/config-schema.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import { COMMANDS } from '../../src/cli/table/command-table.ts';
import { manPage } from '../../src/reference/man-page.ts';
import { referenceFiles } from '../../src/reference/reference-files.ts';
import { ROOT } from '../house/source-files.ts';
import manifest from '../../package.json' with { type: 'json' };

const run = promisify(execFile);
const FILES = referenceFiles(manifest.version);
const hasGroff = await run('groff', ['--version']).then(
  () => true,
  () => false,
);

describe('the reference', () => {
  test.for([...FILES])('docs/%s is what `npm run docs` writes', async ([name, text]) => {
    expect(await readFile(`${ROOT}docs/${name}`, 'utf8').catch(() => 'no such file')).toBe(text);
  });

  test('holds no page that is not made any more', async () => {
    for (const folder of ['reference', 'schema']) {
      const found = await readdir(`${ROOT}docs/${folder}`);
      expect(found.filter((name) => !FILES.has(`${folder}/${name}`))).toEqual([]);
    }
  });

  test('names every command and every flag, and nothing that is hidden', () => {
    const text = FILES.get('reference/commands.md') ?? '';
    for (const { name, flags, isHidden } of COMMANDS) {
      expect(text.includes(`## batch-submit ${name}\n`)).toBe(isHidden !== true);
      if (isHidden !== true) for (const flag of flags) expect(text).toContain(`\`${flag.flags}\``);
    }
  });
});

describe('the schema of batch-submit.config.json', () => {
  const validate = new Ajv({ strict: false, allowUnionTypes: true }).compile(configSchema());
  const VALUES = {
    string: 'text',
    path: 'a/path',
    duration: '30s',
    count: 7,
    amount: '3M',
    choice: undefined,
    url: '',
    command: '',
  };

  test('takes every setting that the file may hold, and so does the program', () => {
    const values = SETTINGS.filter(({ sources }) => sources.includes('config_file')).map(
      ({ name, kind, choices, fallback }) => [name, choices?.[0] ?? fallback ?? VALUES[kind]] as const,
    );
    const file = { $schema: './x.json', ...Object.fromEntries(values) };
    expect(validate(file), JSON.stringify(validate.errors)).toBe(true);
    expect(() =>
      resolveSettings({ flags: {}, environment: {}, envFile: {}, configFile: file }),
    ).not.toThrow();
  });

  test.for([
    ['an unknown key', { modle: 'x' }],
    ['where the key is sent', { 'base-url': 'https://example.com' }],
    ['which program is started', { 'via-mcp': 'node server.js' }],
    ['a choice that is none', { 'on-ambiguous': 'guess' }],
    ['a number that is too large', { concurrency: 33 }],
    ['a list', { input: ['a'] }],
  ] as const)('refuses %s, and so does the program', ([, file]) => {
    expect(validate(file)).toBe(false);
    expect(() => resolveSettings({ flags: {}, environment: {}, envFile: {}, configFile: file })).toThrow();
  });
});

describe('the man page', () => {
  test.skipIf(!hasGroff)('is read by groff without a warning', async () => {
    const { stdout, stderr } = await run('groff', ['-man', '-ww', '-Tascii', `${ROOT}docs/batch-submit.1`]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/collect\s+every\s+result/);
  });

  test('starts no line with a request that is none of its own', () => {
    const requests = manPage('1.0.0').match(/^[.'].*$/gm) ?? [];
    expect(requests.filter((line) => !/^\.(TH|SH|SS|PP|TP|B|br)\b/.test(line))).toEqual([]);
  });
});
