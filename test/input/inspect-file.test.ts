import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FINDINGS, type FindingKind } from '../../src/input/finding.ts';
import { inspectFile, type FileReport } from '../../src/input/inspect-file.ts';
import { createKeyTable } from '../../src/input/key-table.ts';
import { tempFolder } from '../config/temp-folder.ts';

const MODEL = 'gemini-2.5-flash';
const LINE = '{"key":"k1","request":{"contents":[{"parts":[{"text":"a"}]}]}}';

async function inspect(content: string | Uint8Array, model?: string): Promise<FileReport> {
  const folder = await tempFolder({ 'b1.jsonl': content });
  return await inspectFile(join(folder, 'b1.jsonl'), undefined, { model });
}

/** What was found, as `kind line line`. */
function found({ findings }: FileReport): string[] {
  return findings.map(({ kind, first }) => [kind, ...first.map(({ line }) => line ?? 'file')].join(' '));
}

describe('inspectFile()', () => {
  test('gives the facts of a file without a fault', async () => {
    const parts = [
      { text: '12345678' },
      { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
      { text: '1234' },
    ];
    const request = {
      contents: [{ role: 'user', parts }],
      systemInstruction: { parts: [{ text: '12345' }] },
    };
    const content = `${JSON.stringify({ key: 'a', request })}\n${JSON.stringify({ key: 'b', request: { contents: [{ parts: [{ text: 'abc' }] }] } })}\n`;
    expect(await inspect(content, MODEL)).toEqual({
      path: expect.stringMatching(/b1\.jsonl$/) as string,
      sizeBytes: Buffer.byteLength(content),
      sha256: createHash('sha256').update(content).digest('hex'),
      lines: 2,
      keys: 2,
      textLength: 20,
      estimatedTokens: 5,
      findings: [],
    });
  });

  test.for([
    ['CRLF', `${LINE}\r`, ['crlf 2']],
    ['a blank line', ' \t', ['blank_line 2']],
    ['a blank line with CR', '\r', ['crlf 2', 'blank_line 2']],
    ['no key', '{"request":{"contents":[{"parts":[{"text":"a"}]}]}}', ['keyless 2']],
    ['an empty key', '{"key":"","request":{"contents":[{"parts":[{"text":"a"}]}]}}', ['keyless 2']],
    ['a number for a key', '{"key":7,"request":{"contents":[{"parts":[{"text":"a"}]}]}}', ['bad_key 2']],
    ['null for a key', '{"key":null,"request":{"contents":[{"parts":[{"text":"a"}]}]}}', ['bad_key 2']],
    ['a bare request', '{"contents":[{"parts":[{"text":"a"}]}],"tools":[]}', ['bare_request 2']],
    ['a bare embedding request', '{"content":{"parts":[{"text":"a"}]}}', ['other_kind 2']],
    [
      'scalars beside the request',
      '{"key":"k2","request":{"contents":[{"parts":[{"text":"a"}]}]},"a":1,"b":"x","c":null,"d":true}',
      [],
    ],
    [
      'a list beside the request',
      '{"key":"k2","request":{"contents":[{"parts":[{"text":"a"}]}]},"tags":[]}',
      ['echoed_field 2'],
    ],
    [
      'an object beside the request',
      '{"key":"k2","request":{"contents":[{"parts":[{"text":"a"}]}]},"meta":{}}',
      ['echoed_field 2'],
    ],
    [
      'responseJsonSchema',
      '{"key":"k2","request":{"contents":[{"parts":[{"text":"a"}]}],"generationConfig":{"responseJsonSchema":{}}}}',
      ['response_json_schema 2'],
    ],
    [
      'response_json_schema',
      '{"key":"k2","request":{"contents":[{"parts":[{"text":"a"}]}],"generation_config":{"response_json_schema":{}}}}',
      ['response_json_schema 2'],
    ],
    [
      'responseSchema',
      '{"key":"k2","request":{"contents":[{"parts":[{"text":"a"}]}],"generationConfig":{"responseSchema":{}}}}',
      [],
    ],
    [
      'the same model',
      '{"key":"k2","request":{"contents":[{"parts":[{"text":"a"}]}],"model":"models/gemini-2.5-flash"}}',
      [],
    ],
    [
      'another model',
      '{"key":"k2","request":{"contents":[{"parts":[{"text":"a"}]}],"model":"gemini-2.5-pro"}}',
      ['model_differs 2'],
    ],
    ['the same request', LINE, ['repeated_request 2 3']],
    ['the same request between spaces', `  ${LINE} `, ['repeated_request 2 3']],
    [
      'the key of another request',
      '{"key":"k1","request":{"contents":[{"parts":[{"text":"b"}]}]}}',
      ['duplicate_key 2'],
    ],
  ] as const)('finds %s', async ([, line, expected]) => {
    const last = line.includes(LINE)
      ? LINE
      : '{"key":"k3","request":{"contents":[{"parts":[{"text":"a"}]}]}}';
    const all = found(await inspect(`${LINE}\n${line}\n${last}\n`, MODEL));
    const wanted = line === `${LINE}\r` ? ['repeated_request 2 3', ...expected] : expected;
    expect(all).toEqual(wanted);
  });

  test.for([
    [
      'escaped and not',
      '{"key":"é","request":{"contents":[{"parts":[{"text":"a"}]}]}}',
      '{"key":"\\u00e9","request":{"contents":[{"parts":[{"text":"a"}]}]}}',
      1,
    ],
    [
      'of the same bytes',
      '{"key":"é","request":{"contents":[{"parts":[{"text":"a"}]}]}}',
      '{"key":"\\u00c3\\u00a9","request":{"contents":[{"parts":[{"text":"a"}]}]}}',
      0,
    ],
    [
      'of other letters',
      '{"key":"漢","request":{"contents":[{"parts":[{"text":"a"}]}]}}',
      '{"key":"字","request":{"contents":[{"parts":[{"text":"a"}]}]}}',
      0,
    ],
    [
      'escaped both',
      '{"key":"\\u6f22","request":{"contents":[{"parts":[{"text":"a"}]}]}}',
      '{"key":"\\u6F22","request":{"contents":[{"parts":[{"text":"a"}]}]}}',
      1,
    ],
  ] as const)('compares keys %s by what they mean', async ([, one, two, duplicates]) => {
    const { findings } = await inspect(`${one}\n${two}\n`);
    expect(findings.filter(({ kind }) => kind === 'duplicate_key')).toHaveLength(duplicates);
  });

  test.for([
    ['of 64 bits, one apart', '1234567890123456789', '1234567890123456790', 0],
    ['of the same digits', '7', '7', 1],
    ['of which one is text with its digits', '5', '"5"', 1],
    ['of which the first is text with its digits', '"5"', '5', 1],
  ] as const)('compares number keys %s as they are written', async ([, one, two, duplicates]) => {
    const line = (key: string, text: string): string =>
      `{"key":${key},"request":{"contents":[{"parts":[{"text":"${text}"}]}]}}\n`;
    const { findings } = await inspect(line(one, 'a') + line(two, 'b'));
    const twice = findings.filter(({ kind }) => kind === 'duplicate_key');
    expect(twice.map(({ kind, count }) => [FINDINGS[kind].severity, count])).toEqual(
      duplicates === 0 ? [] : [['error', duplicates]],
    );
  });

  test('shows the key that is used twice, as the user wrote it, and no more than 80 characters', async () => {
    const line = (key: string, text: string): string =>
      JSON.stringify({ key, request: { contents: [{ parts: [{ text }] }] } });
    const long = '漢'.repeat(200);
    const report = await inspect([line(long, 'a'), line(long, 'b')].join('\n'));
    expect(report.findings).toMatchObject([{ first: [{ line: 2, key: long.slice(0, 80) }] }]);
  });

  test('compares keys across files that share a table', async () => {
    const folder = await tempFolder({ 'b1.jsonl': LINE, 'b2.jsonl': `${LINE}\n${LINE}\n` });
    const keys = createKeyTable();
    const one = await inspectFile(join(folder, 'b1.jsonl'), undefined, { keys, file: 0 });
    const two = await inspectFile(join(folder, 'b2.jsonl'), undefined, { keys, file: 1 });
    expect([found(one), found(two)]).toEqual([[], ['repeated_request 2', 'key_in_other_file 1']]);
  });

  test.for([0, 1, 65_533, 65_534, 65_535, 65_536, 65_537, 200_000])(
    'tells where invalid UTF-8 is after %i characters of three bytes',
    async (before) => {
      const bytes = Buffer.concat([Buffer.from('漢'.repeat(before)), Buffer.from([0xe6, 0xbc, 0x28])]);
      const { findings } = await inspect(bytes);
      expect(findings).toMatchObject([
        { kind: 'invalid_utf8', first: [{ detail: `line 1 is not valid UTF-8 at byte ${before * 3 + 1}` }] },
      ]);
    },
  );

  test('counts every place and shows five of each kind', async () => {
    const { findings } = await inspect(
      '{"request":{"contents":[{"parts":[{"text":"a"}]}]}}\r\n\n'.repeat(40),
    );
    expect(findings.map(({ kind, count, first }) => [kind, count, first.length])).toEqual([
      ['keyless', 40, 5],
      ['crlf', 40, 5],
      ['blank_line', 40, 5],
    ]);
  });
});

const REQUEST = fc.record({
  contents: fc.array(
    fc.record({
      role: fc.constant('user'),
      parts: fc.array(fc.record({ text: fc.string() }), { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

/** Defects and the kind that each is found as. */
const DEFECTS: readonly (readonly [FindingKind, string])[] = [
  ['invalid_json', '{"key":"x","request":{"contents":[{"parts":[{"text":"a"}]}]}'],
  ['not_an_object', '[]'],
  ['no_request', '{"key":"x"}'],
  ['no_contents', '{"key":"x","request":{}}'],
  ['wrong_shape', '{"key":"x","request":{"contents":[]}}'],
  ['openai_line', '{"custom_id":"x","body":{}}'],
  ['anthropic_line', '{"custom_id":"x","params":{}}'],
  ['vertex_line', '{"instances":[]}'],
  ['byte_order_mark', '\uFEFF{"key":"x","request":{"contents":[{"parts":[{"text":"a"}]}]}}'],
  ['nul_byte', '{"key":"\0","request":{"contents":[{"parts":[{"text":"a"}]}]}}'],
  [
    'duplicate_key',
    '{"key":"key 0","request":{"contents":[{"parts":[{"text":"no other request says this"}]}]}}',
  ],
];

describe('inspectFile() over any valid requests', () => {
  test('finds nothing, and a defect at its line alone', async () => {
    const folder = await tempFolder();
    const path = join(folder, 'b1.jsonl');
    const requests = fc.array(REQUEST, { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(requests, fc.nat(), fc.constantFrom(...DEFECTS), async (some, at, [kind, defect]) => {
        const lines = some.map((request, index) => JSON.stringify({ key: `key ${index}`, request }));
        await writeFile(path, lines.join('\n'));
        expect(await inspectFile(path, undefined, {})).toMatchObject({
          lines: some.length,
          keys: some.length,
          findings: [],
        });
        const line = 1 + (at % lines.length);
        await writeFile(path, [...lines.slice(0, line), defect, ...lines.slice(line)].join('\n'));
        const { findings } = await inspectFile(path, undefined, {});
        expect(findings).toMatchObject([{ kind, count: 1, first: [{ line: line + 1 }] }]);
        expect(FINDINGS[kind].severity).toBe('error');
      }),
      { numRuns: 150 },
    );
  });
});
