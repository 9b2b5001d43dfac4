import { createCipheriv, createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { createGeminiService } from '../../src/gemini/gemini-service.ts';
import type { GeminiOptions } from '../../src/gemini/options.ts';
import type { InputFacts } from '../../src/model/batch-record.ts';
import type { BatchService } from '../../src/model/service.ts';
import { type RawScript, type Script, type ScriptedServer, startScripted } from './scripted-server.ts';

export const TEST_KEY = 'AIzaSyTestKey-0123456789_abcdefghijklmn';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

export const noSignal: AbortSignal = new AbortController().signal;

export async function scripted(script: Script, raw?: RawScript): Promise<ScriptedServer> {
  const server = await startScripted(script, raw);
  cleanups.push(() => server.close());
  return server;
}

export function serviceAt(baseUrl: string, options: Partial<GeminiOptions> = {}): BatchService {
  return createGeminiService({ apiKey: TEST_KEY, baseUrl, ...options });
}

export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'gemini-test-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** `sizeBytes` bytes without any pattern, the same each time, in a file of their own. */
export async function inputFile(sizeBytes: number): Promise<InputFacts & { readonly bytes: Buffer }> {
  const bytes = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16)).update(
    Buffer.alloc(sizeBytes),
  );
  const path = join(await temporaryDirectory(), 'batch_001.jsonl');
  await writeFile(path, bytes);
  return { path, sizeBytes, sha256: sha256(bytes), lines: 1, bytes };
}
