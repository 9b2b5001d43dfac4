import { describe, expect, test } from 'vitest';
import { serverEnvironment } from '../../src/mcp-client/server-environment.ts';

describe('serverEnvironment()', () => {
  test('passes what a program needs and what such servers read, and no other secret', () => {
    const passed = serverEnvironment(
      {
        PATH: '/bin',
        HOME: '/home/ada',
        https_proxy: 'http://127.0.0.1:3128',
        LC_ALL: 'C',
        GEMINI_MODEL: 'gemini-2.5-pro',
        GOOGLE_CLOUD_PROJECT: 'p',
        AWS_SECRET_ACCESS_KEY: 'secret',
        DATABASE_URL: 'postgres://ada:secret@db',
        NODE_OPTIONS: '--require ./x.js',
        BATCH_SUBMIT_STATE: 'state.json',
      },
      undefined,
    );
    expect(Object.keys(passed).sort()).toEqual([
      'GEMINI_MODEL',
      'GOOGLE_CLOUD_PROJECT',
      'HOME',
      'LC_ALL',
      'PATH',
      'https_proxy',
    ]);
  });

  test('gives the server the key of this run alone', () => {
    const passed = serverEnvironment({ GOOGLE_API_KEY: 'another', GEMINI_API_KEY: 'first' }, 'ours');
    expect(passed).toEqual({ GEMINI_API_KEY: 'ours' });
  });
});
