import { describe, expect, test } from 'vitest';
import { resolveSettings, type ResolvedSettings, type SettingLayers } from '../../src/config/resolve.ts';

function resolve(layers: Partial<SettingLayers> = {}): ResolvedSettings {
  return resolveSettings({ flags: {}, environment: {}, envFile: {}, configFile: {}, ...layers });
}

describe('resolveSettings()', () => {
  test('gives the defaults', () => {
    expect(resolve().settings).toEqual({
      input: 'batches',
      pattern: undefined,
      output: 'batch_results',
      state: 'batch_submission_state.json',
      log: 'batch_submission_log.jsonl',
      report: 'batch_submission_final_report.json',
      records: 'batch_records',
      database: 'batch_records.db',
      model: 'gemini-2.5-flash',
      embeddingModel: 'gemini-embedding-001',
      taskType: undefined,
      dimensions: 768,
      displayName: undefined,
      concurrency: undefined,
      maxActiveJobs: undefined,
      tokenLimit: undefined,
      tier: undefined,
      rateLimitWaitMs: 180_000,
      retryDelayMs: 1000,
      maxRetries: 5,
      maxWaitMs: undefined,
      pauseMs: 0,
      settleMs: 600_000,
      onAmbiguous: 'wait',
      pollMs: 60_000,
      timeoutMs: undefined,
      prices: undefined,
      baseUrl: 'https://generativelanguage.googleapis.com',
      apiKeyFile: undefined,
    });
  });

  test('takes flags over environment over .env over the configuration file over defaults', () => {
    const layers = {
      flags: { poll: '1s' },
      environment: { BATCH_SUBMIT_POLL: '2s' },
      envFile: { BATCH_SUBMIT_POLL: '3s' },
      configFile: { poll: '4s' },
    };
    const seen: unknown[] = [];
    for (const layer of ['flags', 'environment', 'envFile', 'configFile', undefined] as const) {
      const { settings, origins } = resolve(layers);
      seen.push([settings.pollMs, origins.poll.source, origins.poll.text]);
      if (layer !== undefined) layers[layer] = {} as never;
    }
    expect(seen).toEqual([
      [1000, 'flag', '--poll'],
      [2000, 'environment', 'BATCH_SUBMIT_POLL'],
      [3000, 'env_file', '.env'],
      [4000, 'config_file', 'batch-submit.config.json'],
      [60_000, 'default', 'default'],
    ]);
  });

  test('names the files as the user did', () => {
    const { origins } = resolve({
      envFile: { BATCH_SUBMIT_POLL: '3s' },
      configFile: { model: 'm' },
      envFileName: 'prod.env',
      configFileName: 'conf/a.json',
    });
    expect([origins.poll.text, origins.model.text]).toEqual(['prod.env', 'conf/a.json']);
  });

  test('takes an empty variable for unset, and ignores variables it does not know', () => {
    const { settings } = resolve({
      environment: {
        BATCH_SUBMIT_POLL: '',
        BATCH_SUBMIT_WHATEVER: 'x',
        GOOGLE_GEMINI_BASE_URL: 'https://evil',
      },
      envFile: { BATCH_SUBMIT_POLL: '', BATCH_SUBMIT_BASE_URL: 'https://evil.example' },
    });
    expect([settings.pollMs, settings.baseUrl]).toEqual([
      60_000,
      'https://generativelanguage.googleapis.com',
    ]);
  });

  test('does not look at values that a stronger layer covers', () => {
    expect(
      resolve({ flags: { poll: '1s' }, environment: { BATCH_SUBMIT_POLL: 'bad' } }).settings.pollMs,
    ).toBe(1000);
  });

  test.for([
    ['poll', '200ms', 'pollMs', 200],
    ['poll', '1h30m', 'pollMs', 5_400_000],
    ['poll', '90', 'pollMs', 90_000],
    ['pause', '0s', 'pauseMs', 0],
    ['max-wait', 'none', 'maxWaitMs', undefined],
    ['timeout', '48h', 'timeoutMs', 172_800_000],
    ['max-retries', '0', 'maxRetries', 0],
    ['concurrency', '32', 'concurrency', 32],
    ['on-ambiguous', 'resubmit', 'onAmbiguous', 'resubmit'],
    ['base-url', 'http://127.0.0.1:8080/', 'baseUrl', 'http://127.0.0.1:8080'],
    ['via-mcp', "node 'my server.js'", 'viaMcp', "node 'my server.js'"],
    ['api-key-file', '-', 'apiKeyFile', '-'],
  ] as const)('reads --%s %s', ([name, text, property, value]) => {
    expect(resolve({ flags: { [name]: text } }).settings[property]).toBe(value);
  });

  test('takes plain numbers in the configuration file: seconds for durations', () => {
    const { settings } = resolve({ configFile: { $schema: './x.json', concurrency: 4, poll: 5 } });
    expect([settings.concurrency, settings.pollMs]).toEqual([4, 5000]);
  });

  test.for([
    ['poll', 'soon', '"soon" is not a duration such as 200ms, 3m or 12h'],
    ['poll', '-1s', '"-1s" is not a duration such as 200ms, 3m or 12h'],
    ['poll', '0s', '"0s" is shorter than 10ms'],
    ['poll', '25d', '"25d" is longer than 24d'],
    ['poll', 'none', '"none" is not a duration such as 200ms, 3m or 12h'],
    ['concurrency', '0', '"0" is not a whole number from 1 to 32'],
    ['concurrency', '33', '"33" is not a whole number from 1 to 32'],
    ['concurrency', '1.5', '"1.5" is not a whole number from 1 to 32'],
    ['concurrency', '1e1', '"1e1" is not a whole number from 1 to 32'],
    ['max-retries', '-1', '"-1" is not a whole number from 0 to 1000'],
    ['on-ambiguous', 'Wait', '"Wait" is not one of wait, quarantine, resubmit'],
    ['via-mcp', 'node server.js | tee log', 'no shell reads it, so "|" has to stand in quotes'],
    ['input', '', 'it is empty'],
    ['input', 'a\0b', 'it holds a NUL character'],
    [
      'base-url',
      'http://example.com',
      'it is neither https nor http on this machine (127.0.0.1, [::1], localhost)',
    ],
  ] as const)('refuses --%s %j', ([name, text, fact]) => {
    expect(() => resolve({ flags: { [name]: text } })).toThrow(
      expect.objectContaining({ code: 'E_USAGE', message: `Cannot use --${name}: ${fact}` }) as Error,
    );
  });

  test('says which source a bad value stands in, with code E_CONFIG', () => {
    const fact = '"x" is not a duration such as 200ms, 3m or 12h';
    const cases: readonly (readonly [Partial<SettingLayers>, string, string])[] = [
      [
        { environment: { BATCH_SUBMIT_POLL: 'x' } },
        'BATCH_SUBMIT_POLL from the environment',
        'BATCH_SUBMIT_POLL=60s',
      ],
      [{ envFile: { BATCH_SUBMIT_POLL: 'x' } }, 'BATCH_SUBMIT_POLL from ".env"', 'BATCH_SUBMIT_POLL=60s'],
      [{ configFile: { poll: 'x' } }, '"poll" from "batch-submit.config.json"', '"poll": "60s"'],
    ];
    for (const [layers, where, form] of cases) {
      expect(() => resolve(layers)).toThrow(
        expect.objectContaining({
          code: 'E_CONFIG',
          message: `Cannot use ${where}: ${fact}`,
          hint: `write it as \`${form}\``,
        }) as Error,
      );
    }
  });

  test.for([null, true, [], {}])('refuses %j in the configuration file', (value) => {
    expect(() => resolve({ configFile: { model: value } })).toThrow(
      'Cannot use "model" from "batch-submit.config.json": it is neither text nor a number',
    );
  });

  test.for([
    ['rateLimitWait', 'did you mean "rate-limit-wait"?'],
    ['pol', 'did you mean "poll"?'],
    ['api-key', 'run `batch-submit config` for the list of settings'],
    ['__proto__', 'run `batch-submit config` for the list of settings'],
  ] as const)('refuses the unknown key %s', ([key, hint]) => {
    const configFile = JSON.parse(`{${JSON.stringify(key)}: "secret value"}`) as Record<string, unknown>;
    expect(() => resolve({ configFile })).toThrow(
      expect.objectContaining({
        code: 'E_CONFIG',
        message: `Cannot use "batch-submit.config.json": "${key}" is not a setting`,
        hint,
      }) as Error,
    );
  });

  test.for([
    ['base-url', 'https://evil.example'],
    ['via-mcp', 'node evil.js'],
  ] as const)('takes no %s from a file', ([name, value]) => {
    expect(() => resolve({ configFile: { [name]: value } })).toThrow(
      `Cannot use "${name}" from "batch-submit.config.json": only a flag or a real environment variable may set it`,
    );
  });
});
