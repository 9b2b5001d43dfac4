import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { mergeResults } from '../../src/collect/merge.ts';
import type { BatchRecord, InputFacts } from '../../src/model/batch-record.ts';
import type { SubmissionState } from '../../src/model/submission-state.ts';

const AT = '2026-11-22T14:00:00.000Z';
const DEPTH = 20_000;
const NESTED = `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`;

function candidatesOf(text: string): string {
  const candidates = [{ content: { parts: [{ text }] }, finishReason: 'STOP' }];
  return `"candidates":${JSON.stringify(candidates)}`;
}

async function save(path: string, lines: readonly string[]): Promise<InputFacts> {
  const text = lines.map((line) => `${line}\n`).join('');
  await writeFile(path, text);
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { path, sizeBytes: Buffer.byteLength(text), sha256, lines: lines.length };
}

describe('mergeResults()', () => {
  test('gets over a results line that is nested too deep to be written', async () => {
    expect(() => JSON.stringify(JSON.parse(NESTED))).toThrow(RangeError);
    const folder = await mkdtemp(join(tmpdir(), 'merge-test-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const requests = ['a', 'b', 'c'].map(
      (key) => `{"key":"${key}","request":{"contents":[{"parts":[{"text":"Explain ${key}."}]}]}}`,
    );
    const record: BatchRecord = {
      status: 'collected',
      attempt: 1,
      input: await save(join(folder, 'in.jsonl'), requests),
      job: { name: 'batches/one' },
      endedAt: AT,
      saved: {
        ...(await save(join(folder, 'own.jsonl'), [
          // Without a text it is the audit that would write it, with one the merge.
          `{"key":"a","response":{"deep":${NESTED}}}`,
          `{"key":"b","response":{${candidatesOf('It is two.')},"deep":${NESTED}}}`,
          `{"key":"c","response":{${candidatesOf('It is three.')}}}`,
        ])),
        answered: 0,
        failed: 0,
        savedAt: AT,
      },
    };
    const state: SubmissionState = {
      stateId: 'k3v9q2ma',
      createdAt: AT,
      lastRun: undefined,
      batches: new Map([[1, record]]),
    };
    const output = join(folder, 'out');
    const { path, lines } = await mergeResults(state, [1], output, undefined);
    expect([path, lines]).toEqual([join(output, 'merged.jsonl'), 3]);
    const merged = (await readFile(join(output, 'merged.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(merged.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { key: 'a', line: 1, reason: {} },
      { key: 'b', line: 2, reason: { kind: 'unreadable', reason: 'too_deep' } },
      { key: 'c', line: 3, response: { candidates: [{ finishReason: 'STOP' }] } },
    ]);
  });
});
