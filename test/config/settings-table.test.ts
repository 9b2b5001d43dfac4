import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readValue } from '../../src/config/read-value.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import { SETTINGS } from '../../src/config/settings-table.ts';
import { variableOf } from '../../src/config/setting.ts';

const NOTHING = { flags: {}, environment: {}, envFile: {}, configFile: {} };

describe('SETTINGS', () => {
  test('derives each variable from the flag', () => {
    expect(variableOf('rate-limit-wait')).toBe('BATCH_SUBMIT_RATE_LIMIT_WAIT');
  });

  test('has each name once, in kebab case, with a default that is itself valid', () => {
    const names = SETTINGS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const setting of SETTINGS) {
      expect(setting.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(setting.description).not.toMatch(/\.$|^$|\n/);
      if (setting.fallback !== undefined) expect(readValue(setting, setting.fallback).ok).toBe(true);
      expect(setting.choices !== undefined).toBe(setting.kind === 'choice');
    }
  });

  test('is resolved whole: one property for each name', () => {
    const { settings, origins } = resolveSettings(NOTHING);
    expect(Object.keys(settings)).toHaveLength(SETTINGS.length);
    expect(Object.keys(origins)).toEqual(SETTINGS.map(({ name }) => name));
  });
});

/** The lines of .env.example with each variable's `#` removed. */
async function readExample(): Promise<{ text: string; lines: readonly string[] }> {
  const text = await readFile(new URL('../../.env.example', import.meta.url), 'utf8');
  return { text, lines: text.split('\n') };
}

describe('.env.example', () => {
  const worked: Readonly<Record<string, string>> = {
    input: 'gemini_batch_submissions_proper',
    pattern: 'batch_{batch}_proper.jsonl',
    output: 'gemini_batch_results_proper',
    'display-name': 'refinement_batch_{batch}',
    model: 'gemini-2.5-flash',
  };

  test.for(SETTINGS)('documents $name at its default or as the worked example', async (setting) => {
    const { lines } = await readExample();
    const variable = variableOf(setting.name);
    if (!setting.sources.includes('env_file')) {
      expect(
        lines.filter((line) => line.startsWith(`# ${variable} is not read from this file`)),
      ).toHaveLength(1);
      return;
    }
    const none = setting.kind === 'duration' ? 'none' : '';
    const value = worked[setting.name] ?? setting.fallback ?? none;
    const at = lines.indexOf(`#${variable}=${value}`);
    expect(at).toBeGreaterThan(0);
    expect(lines[at - 1]).toMatch(/^# \S/);
    expect(lines.filter((line) => line.startsWith(`#${variable}=`))).toHaveLength(1);
  });

  test('names no variable that does not exist', async () => {
    const { text } = await readExample();
    const named = new Set(text.match(/BATCH_SUBMIT_[A-Z_]+/g));
    expect([...named].sort()).toEqual(SETTINGS.map(({ name }) => variableOf(name)).sort());
  });

  test('is valid as it stands and with every line taken', async () => {
    const { text } = await readExample();
    expect(parseEnv(text)).toEqual({ GEMINI_API_KEY: '' });
    const envFile = { ...parseEnv(text.replaceAll(/^#(?=[A-Z])/gm, '')) };
    const { settings } = resolveSettings({ ...NOTHING, envFile });
    expect(settings).toEqual({
      ...resolveSettings(NOTHING).settings,
      input: worked['input'],
      pattern: worked['pattern'],
      output: worked['output'],
      displayName: worked['display-name'],
    });
  });
});
