import { createHash } from 'node:crypto';
import { open, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkRequestLine, type LineCheck } from '../../src/input/check-line.ts';
import { inspectInput, type Inspection } from '../../src/input/inspect.ts';
import { FINDINGS } from '../../src/input/finding.ts';
import { createLineFindings } from '../../src/input/line-findings.ts';
import { createLineScanner } from '../../src/input/line-scanner.ts';
import { shapeFault } from '../../src/input/request-shape.ts';
import { tempFolder } from '../config/temp-folder.ts';

const LINE = '{"key":"k1","request":{"contents":[{"parts":[{"text":"a"}]}]}}';

async function inspect(content: string | Uint8Array): Promise<Inspection> {
  const folder = await tempFolder({ 'b1.jsonl': content });
  return await inspectInput(join(folder, 'b1.jsonl'));
}

describe('inspectInput()', () => {
  test('gives the hash and size of the exact bytes, and the lines', async () => {
    const content = `${LINE}\r\n\n  \n{"contents":[{"parts":[{"text":"漢 🙂 \\r\\n"}]}]}`;
    const inspection = await inspect(content);
    expect(inspection).toEqual({
      ok: true,
      facts: {
        path: expect.stringMatching(/b1\.jsonl$/) as string,
        sizeBytes: Buffer.byteLength(content),
        sha256: createHash('sha256').update(content).digest('hex'),
        lines: 2,
        estimatedTokens: expect.any(Number) as number,
      },
      keyless: 1,
    });
  });

  test.for([
    ['one line without a newline', LINE, 0],
    ['CRLF', `${LINE}\r\n${LINE}\r\n`, 0],
    ['a bare request', '{"contents":[{"parts":[{"text":"a"}]}]}', 1],
    ['a bare embedding request', '{"content":{"parts":[{"text":"a"}]}}', 1],
    ['a request that stands twice', `${LINE}\n${LINE}\n`, 0],
    [
      'snake case and extra fields',
      '{"key":"k","request":{"contents":[{"parts":[{"text":"a"}]}],"generation_config":{}},"note":1}',
      0,
    ],
    ['a key that is no text', '{"key":7,"request":{"contents":[{"parts":[{"text":"a"}]}]}}', 1],
    ['U+FFFD that is really there', '{"key":"\uFFFD","request":{"contents":[{"parts":[{"text":"a"}]}]}}', 0],
    [
      'a line separator inside a text',
      '{"key":"\u2028","request":{"contents":[{"parts":[{"text":"a"}]}]}}',
      0,
    ],
  ] as const)('takes %s', async ([, content, keyless]) => {
    expect(await inspect(content)).toMatchObject({ ok: true, keyless });
  });

  test.for([
    ['{"key":', 'invalid_json', 'line 2 is not valid JSON: it ends too early'],
    ['{"key":"abc', 'invalid_json', 'line 2 is not valid JSON: it ends too early'],
    ['{"key":1 "b":2}', 'invalid_json', 'line 2 is not valid JSON (at character 10)'],
    ['{"key":}', 'invalid_json', 'line 2 is not valid JSON'],
    ['{} {}', 'invalid_json', 'line 2 is not valid JSON (at character 4)'],
    ['[]', 'not_an_object', 'line 2 is not a JSON object'],
    ['null', 'not_an_object', 'line 2 is not a JSON object'],
    ['"text"', 'not_an_object', 'line 2 is not a JSON object'],
    ['{}', 'no_request', 'line 2 has neither "request" nor "contents"'],
    ['{"__proto__":{"request":{}}}', 'no_request', 'line 2 has neither "request" nor "contents"'],
    ['{"request":[]}', 'no_request', 'line 2 has a "request" that is not an object'],
    [
      '{"request":null,"contents":[{"parts":[{"text":"a"}]}]}',
      'no_request',
      'line 2 has a "request" that is not an object',
    ],
    ['{"key":"k","request":{}}', 'no_contents', 'line 2 has a "request" without "contents"'],
    [
      '{"key":"k1","request":{"contents":[{"parts":[{"text":"other"}]}]}}',
      'duplicate_key',
      'line 2 has the key of an earlier, different request',
    ],
    [
      '{"custom_id":"1","method":"POST","url":"/v1/chat/completions","body":{"messages":[]}}',
      'openai_line',
      'line 2 has neither "request" nor "contents": it is a line for the API of OpenAI',
    ],
    [
      '{"messages":[{"role":"user","content":"Why?"}]}',
      'openai_line',
      'line 2 has neither "request" nor "contents": it is a line for the API of OpenAI',
    ],
    [
      '{"custom_id":"1","params":{"messages":[]}}',
      'anthropic_line',
      'line 2 has neither "request" nor "contents": it is a line for the API of Anthropic',
    ],
    [
      '{"instances":[{"prompt":"Why?"}]}',
      'vertex_line',
      'line 2 has neither "request" nor "contents": it is a line for Vertex AI',
    ],
    ['{"request":{"a":"\0"}}', 'nul_byte', 'line 2 holds a NUL byte'],
    ['\uFEFF{"request":{}}', 'byte_order_mark', 'line 2 begins with a byte-order mark'],
    [`${'['.repeat(200_000)}${']'.repeat(200_000)}`, undefined, undefined],
  ] as const)('refuses the line %j', async ([line, reason, detail]) => {
    const inspection = await inspect(`${LINE}\n${line}\n`);
    expect(inspection).toMatchObject({ ok: false, count: 1 });
    if (reason !== undefined) {
      expect(inspection).toMatchObject({ problems: [{ reason, line: 2, detail }] });
    }
  });

  test.for([
    ['nothing but blank lines', '\n \r\n\t\n', 'no_lines', 'the file holds no request'],
    ['no byte', '', 'unreadable', 'it is empty'],
    [
      'UTF-16',
      Buffer.from(`\uFEFF${LINE}`, 'utf16le'),
      'foreign_format',
      'the file is UTF-16 text, not UTF-8',
    ],
    ['gzip', Buffer.from('1f8b080000', 'hex'), 'foreign_format', 'the file is compressed with gzip'],
    ['zip', Buffer.from('504b03041400', 'hex'), 'foreign_format', 'the file is a zip archive'],
    ['PDF', '%PDF-1.7\n', 'foreign_format', 'the file is a PDF document'],
  ] as const)('refuses a file of %s', async ([, content, reason, detail]) => {
    expect(await inspect(content)).toEqual({
      ok: false,
      problems: [{ reason, line: undefined, detail }],
      count: 1,
    });
  });

  test('tells invalid UTF-8 by its line and byte', async () => {
    const bad = Buffer.concat([
      Buffer.from(`${LINE}\n{"key":"`),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}'),
    ]);
    expect(await inspect(bad)).toMatchObject({
      problems: [{ reason: 'invalid_utf8', line: 2, detail: 'line 2 is not valid UTF-8 at byte 9' }],
    });
  });

  test('tells a byte-order mark at the start', async () => {
    expect(await inspect(`\uFEFF${LINE}\n${LINE}`)).toMatchObject({
      problems: [{ reason: 'byte_order_mark', line: 1 }],
      count: 1,
    });
  });

  // Parsed, 8 MB of brackets take half a gigabyte.
  test.for([
    ['opened', '['.repeat(8 << 20)],
    ['opened and closed', `{"request":${'['.repeat(1 << 20)}${']'.repeat(1 << 20)}}`],
    ['behind a long text', `{"key":"${'\\"['.repeat(1 << 19)}","request":${'{"a":'.repeat(2000)}`],
  ] as const)('refuses a long line of lists that are %s, without parsing it', async ([, line]) => {
    expect(await inspect(`${LINE}\n${line}\n`)).toEqual({
      ok: false,
      problems: [{ reason: 'too_deep', line: 2, detail: 'line 2 is nested more than 1000 levels deep' }],
      count: 1,
    });
  });

  test('counts brackets inside texts as what they are', async () => {
    const line = JSON.stringify({
      key: '[{"'.repeat(1 << 19),
      request: { contents: [{ parts: [{ text: 'a' }] }] },
    });
    expect(await inspect(line)).toMatchObject({ ok: true });
  });

  test('counts all problems and shows five', async () => {
    const inspection = await inspect(`${LINE}\n${'{"private text\n'.repeat(40)}`);
    expect(inspection).toMatchObject({ ok: false, count: 40, problems: { length: 5 } });
  });

  test('never repeats the content', () => {
    const canary = 'qzxj';
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (before, after) => {
        const findings = createLineFindings();
        const bytes = Buffer.from(`${before}${canary}${after}`.replaceAll('\n', ' '));
        findings.onLine(bytes, 0, bytes.length, 1);
        expect(JSON.stringify(findings.totals())).not.toContain(canary);
      }),
      { numRuns: 2000 },
    );
  });

  test('agrees with JSON.parse on every line, however the bytes are cut', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const good = value.map((text) =>
      JSON.stringify({ key: 'é🙂', request: { contents: [{ parts: [{ text }] }] } }),
    );
    const odd = value.map((contents) => JSON.stringify({ key: 'é🙂', request: { contents } }));
    const line = fc.oneof(
      good,
      odd,
      value.map((other) => JSON.stringify(other)),
      fc.string(),
      fc.constant(' '),
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 8 }),
        fc.array(fc.nat(2000), { maxLength: 20 }),
        (some, cuts) => {
          const lines = some.flatMap((text) => text.split('\n'));
          const findings = createLineFindings();
          const scanner = createLineScanner(findings);
          const bytes = Buffer.from(lines.join('\n'));
          let from = 0;
          for (const to of [
            ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b),
            bytes.length,
          ]) {
            scanner.push(bytes.subarray(from, to));
            from = to;
          }
          scanner.end();
          const shown = lines.filter((text) => /[^ \t\r]/.test(text));
          expect(findings.totals()).toMatchObject({
            lines: shown.length,
          });
          const { findings: found } = findings.totals();
          const bad = found.filter(
            ({ kind }) => FINDINGS[kind].severity === 'error' && kind !== 'duplicate_key',
          );
          expect(bad.reduce((total, { count }) => total + count, 0)).toBe(
            shown.filter((text) => !isRequest(text)).length,
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('is over quickly with one line of 200 MB and holds no more than 64 MiB of it', async () => {
    const folder = await tempFolder();
    const path = join(folder, 'b1.jsonl');
    const file = await open(path, 'w');
    await file.write('{"key":"');
    await file.truncate(200 * 1024 ** 2);
    await file.close();
    const before = process.memoryUsage().arrayBuffers;
    expect(await inspectInput(path)).toEqual({
      ok: false,
      problems: [{ reason: 'line_too_long', line: 1, detail: 'line 1 is longer than 64 MiB' }],
      count: 1,
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(80 * 1024 ** 2);
  });

  test('reports a missing file and a link in a circle as problems, so that other batches go on', async () => {
    const folder = await tempFolder();
    const path = join(folder, 'b1.jsonl');
    const problems = [{ reason: 'unreadable', line: undefined, detail: 'it does not exist' }];
    expect(await inspectInput(path)).toEqual({ ok: false, problems, count: 1 });
    await symlink(path, path);
    expect(await inspectInput(path)).toMatchObject({ ok: false, problems: [{ reason: 'unreadable' }] });
  });

  test('lets a bug in a check through', async () => {
    const folder = await tempFolder({ 'b1.jsonl': LINE });
    const bug = new TypeError('bug');
    const check = (): never => {
      throw bug;
    };
    await expect(inspectInput(join(folder, 'b1.jsonl'), undefined, { check })).rejects.toBe(bug);
  });

  test('stops when the signal says so, with its reason', async () => {
    const folder = await tempFolder();
    const path = join(folder, 'b1.jsonl');
    await writeFile(path, `${LINE}\n`.repeat(100_000));
    const reason = new Error('stop');
    await expect(inspectInput(path, AbortSignal.abort(reason))).rejects.toBe(reason);
    const abort = new AbortController();
    let lines = 0;
    const check: LineCheck = (value) => {
      lines += 1;
      if (lines === 5) abort.abort(reason);
      return checkRequestLine(value);
    };
    const inspection = inspectInput(path, abort.signal, { check });
    await expect(inspection).rejects.toBe(reason);
    expect(lines).toBeLessThan(100_000);
  });
});

function isRequest(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    const verdict = checkRequestLine(value);
    return verdict.ok && shapeFault(verdict.request) === undefined;
  } catch {
    return false;
  }
}
