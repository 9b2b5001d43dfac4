import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FINDINGS } from '../../src/input/finding.ts';
import { inspectFile } from '../../src/input/inspect-file.ts';
import { inspectInput } from '../../src/input/inspect.ts';
import { tempFolder } from '../config/temp-folder.ts';

const GOOD = { parts: [{ text: 'Why?' }] };

async function fileOf(...lines: readonly string[]): Promise<string> {
  const folder = await tempFolder({ 'b1.jsonl': lines.join('\n') });
  return join(folder, 'b1.jsonl');
}

/** What is found in one request, as `severity kind: detail`. */
async function foundIn(request: unknown): Promise<string[]> {
  const path = await fileOf(JSON.stringify({ key: 'k', request }));
  const { findings } = await inspectFile(path, undefined, {});
  return findings.map(({ kind, first }) => `${FINDINGS[kind].severity} ${kind}: ${first[0]?.detail ?? ''}`);
}

describe('a request that the service can never take', () => {
  test.for([
    [{ contents: 'hi' }, 'has "contents" that is text, not a list'],
    [{ contents: null }, 'has "contents" that is null, not a list'],
    [{ contents: [] }, 'has "contents" that is an empty list'],
    [{ contents: ['hi'] }, 'has "contents[0]" that is text, not an object'],
    [{ contents: [[GOOD]] }, 'has "contents[0]" that is a list, not an object'],
    [{ contents: [{ text: 'x' }] }, 'has "contents[0]" without "parts"'],
    [{ contents: [{ parts: null }] }, 'has "contents[0]" without "parts"'],
    [{ contents: [GOOD, { parts: 'x' }] }, 'has "contents[1].parts" that is text, not a list'],
    [{ contents: [{ parts: [] }] }, 'has "contents[0].parts" that is an empty list'],
    [
      { contents: [{ parts: [{ text: 'a' }, 7] }] },
      'has "contents[0].parts[1]" that is a number, not an object',
    ],
    [{ contents: { text: 'x' } }, 'has "contents" without "parts"'],
    [{ content: 'hi' }, 'has "content" that is text, not an object'],
    [{ content: [GOOD] }, 'has "content" that is a list, not an object'],
    [{ content: { parts: [] } }, 'has "content.parts" that is an empty list'],
    [
      { contents: [GOOD], systemInstruction: 'Be brief.' },
      'has "systemInstruction" that is text, not an object',
    ],
    [
      { contents: [GOOD], system_instruction: { parts: ['Be brief.'] } },
      'has "system_instruction.parts[0]" that is text, not an object',
    ],
    [{ contents: [GOOD], generationConfig: [] }, 'has "generationConfig" that is a list, not an object'],
  ] as const)('%j is an error', async ([request, fact]) => {
    expect(await foundIn(request)).toEqual([`error wrong_shape: line 1 ${fact}`]);
  });

  test('is told of a bare request too, and keeps the file from being sent', async () => {
    const path = await fileOf(JSON.stringify({ key: 'a', request: { contents: [GOOD] } }), '{"contents":[]}');
    const detail = 'line 2 has "contents" that is an empty list';
    expect(await inspectInput(path)).toEqual({
      ok: false,
      count: 1,
      problems: [{ reason: 'wrong_shape', line: 2, detail }],
    });
  });
});

describe('what is probably a slip', () => {
  test.for([
    [
      { contents: [GOOD], tempature: 1 },
      'unknown_field: line 1 has "tempature" in the request: did you mean "temperature" in "generationConfig"?',
    ],
    [
      { contents: [GOOD], max_output_tokens: 9 },
      'unknown_field: line 1 has "max_output_tokens" in the request: did you mean "maxOutputTokens" in "generationConfig"?',
    ],
    [
      { contents: [GOOD], safetysettings: [] },
      'unknown_field: line 1 has "safetysettings" in the request: did you mean "safetySettings"?',
    ],
    [{ contents: [GOOD], customer: 7 }, 'unknown_field: line 1 has "customer" in the request'],
    [{ contents: [GOOD], 'the secret': 7 }, 'unknown_field: line 1 has an unknown name in the request'],
    [
      { contents: [GOOD], generationConfig: { maxTokens: 5 } },
      'unknown_field: line 1 has "maxTokens" in "generationConfig"',
    ],
    [
      { contents: [GOOD], generation_config: { top_p: 1, topp: 1 } },
      'unknown_field: line 1 has "topp" in "generationConfig": did you mean "topP"?',
    ],
    [
      { contents: [{ parts: [{ txt: 'x' }] }] },
      'unknown_field: line 1 has "txt" in a part: did you mean "text"?',
    ],
    [{ contents: [{ ...GOOD, name: 'x' }] }, 'unknown_field: line 1 has "name" in a content'],
    [
      { contents: [GOOD], systemInstruction: { text: 'Be brief.' } },
      'unknown_field: line 1 has "text" in a content',
    ],
    [
      { content: GOOD, tasktype: 'CLUSTERING' },
      'unknown_field: line 1 has "tasktype" in the request: did you mean "taskType"?',
    ],
    [
      { contents: [{ ...GOOD, role: 'assistant' }] },
      'unknown_role: line 1 has a "role" in "contents" that is neither "user" nor "model"',
    ],
    [
      { contents: [{ ...GOOD, role: 7 }] },
      'unknown_role: line 1 has a "role" in "contents" that is neither "user" nor "model"',
    ],
    [{ contents: GOOD }, 'single_object: line 1 has "contents" that is one object, not a list'],
    [
      { contents: [{ parts: { text: 'Why?' } }] },
      'single_object: line 1 has "parts" that is one object, not a list',
    ],
    [{ contents: [{ parts: [{}] }] }, 'empty_part: line 1 has a part with nothing in it'],
  ] as const)('%j is a warning', async ([request, warning]) => {
    expect(await foundIn(request)).toEqual([`warning ${warning}`]);
  });

  test('is counted in every line and shown in five', async () => {
    const line = (key: number): string =>
      JSON.stringify({ key: `k${key}`, request: { contents: [GOOD], tempature: 1, top: 2 } });
    const path = await fileOf(...Array.from({ length: 20 }, (_, index) => line(index)));
    const { findings } = await inspectFile(path, undefined, {});
    expect(findings.map(({ kind, count, first }) => [kind, count, first.length])).toEqual([
      ['unknown_field', 40, 5],
    ]);
  });
});

describe('a request that is right', () => {
  test.for([
    {
      contents: [
        { role: 'user', ...GOOD },
        { role: 'model', ...GOOD },
        { role: '', ...GOOD },
      ],
    },
    { contents: [{ role: null, ...GOOD }], generationConfig: null, system_instruction: null },
    { contents: [{ role: 'function', parts: [{ function_response: {} }] }], tool_config: {} },
    {
      contents: [GOOD],
      systemInstruction: { role: 'system', ...GOOD },
      generation_config: { top_k: 1, topP: 1 },
    },
    { content: GOOD, output_dimensionality: 3, taskType: 'CLUSTERING', embed_content_config: {} },
    {
      contents: [
        {
          parts: [
            { inline_data: {}, videoMetadata: {} },
            { text: 'a', thought: true, thoughtSignature: '' },
          ],
        },
      ],
      cachedContent: 'cachedContents/a',
      safety_settings: [],
    },
  ] as const)('%j has no finding', async (request) => {
    expect(await foundIn(request)).toEqual([]);
  });

  test.for(['Content', 'Part'] as const)(
    'the published schema has no name of a %s that is not known',
    async (kind) => {
      const names = await namesOf(kind);
      expect(names.length).toBeGreaterThan(1);
      for (const camelCase of names) {
        const snakeCase = camelCase.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
        for (const name of [camelCase, snakeCase]) {
          const content =
            kind === 'Part' ? { parts: [{ [name]: null }] } : { parts: [{ text: 'a' }], [name]: [{}] };
          const found = await foundIn({ contents: [content] });
          expect(found.filter((line) => line.includes('unknown_field'))).toEqual([]);
        }
      }
    },
  );

  test('an answer that was observed can be sent on as an earlier turn', async () => {
    const [line = ''] = (await fixture('observed/result-line-generate.jsonl')).split('\n');
    const answer = JSON.parse(line) as { response: { candidates: { content: unknown }[] } };
    expect(await foundIn({ contents: [GOOD, answer.response.candidates[0]?.content] })).toEqual([]);
  });
});

async function fixture(name: string): Promise<string> {
  return await readFile(new URL(`../../fixtures/wire/${name}`, import.meta.url), 'utf8');
}

async function namesOf(kind: string): Promise<string[]> {
  const { components } = JSON.parse(await fixture('schema.json')) as {
    readonly components: { readonly schemas: Readonly<Record<string, { readonly properties?: object }>> };
  };
  return Object.keys(components.schemas[kind]?.properties ?? {});
}
