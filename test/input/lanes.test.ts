import { createHash } from 'node:crypto';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { inspectFile, type FileReport } from '../../src/input/inspect-file.ts';
import { createLane } from '../../src/input/inspect-lane.ts';
import { joinFindings } from '../../src/input/join-findings.ts';
import { createKeyTable } from '../../src/input/key-table.ts';
import type { startThreads } from '../../src/input/lane-threads.ts';
import { lanesHere, readInLanes } from '../../src/input/lanes.ts';
import { createLineFindings } from '../../src/input/line-findings.ts';
import { createLineScanner } from '../../src/input/line-scanner.ts';
import { segmentsOf } from '../../src/input/segments.ts';
import { tempFolder } from '../config/temp-folder.ts';
import { inputLines } from './input-lines.ts';

const COMPILED = '../../dist/input';

describe('segmentsOf()', () => {
  test('gives all bytes back, cut behind newlines, with the place of each segment', async () => {
    const folder = await tempFolder({});
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ maxLength: 30 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        async (lines, segmentBytes, longestBytes) => {
          const content = Buffer.from(lines.join('\n'));
          await writeFile(join(folder, 'a'), content);
          const file = await open(join(folder, 'a'));
          const seen: Buffer[] = [];
          const onBytes = (bytes: Buffer): number => seen.push(Buffer.from(bytes));
          const found = new Map<number, string | number>();
          try {
            for await (const piece of segmentsOf(file, { onBytes, segmentBytes, longestBytes })) {
              if ('skippedBytes' in piece) {
                found.set(piece.line, piece.skippedBytes);
                continue;
              }
              const { bytes, offset, line } = piece;
              expect(content.subarray(offset, offset + bytes.length).equals(bytes)).toBe(true);
              const parts = bytes.toString('latin1').split('\n');
              if (parts.at(-1) === '') parts.pop();
              for (const [index, text] of parts.entries()) found.set(line + index, text);
            }
          } finally {
            await file.close();
          }
          const expected = new Map<number, string | number>();
          const scanner = createLineScanner(
            {
              onLine: (buffer, start, end, line) => expected.set(line, buffer.toString('latin1', start, end)),
              onTooLong: (line, bytes) => expected.set(line, bytes),
            },
            longestBytes,
          );
          scanner.push(content);
          scanner.end();
          expect(Buffer.concat(seen).equals(content)).toBe(true);
          expect([...found]).toEqual([...expected]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('inspectFile() in lanes', () => {
  test('finds what it finds line by line, in files of good and bad lines', async () => {
    const folder = await tempFolder({});
    const paths = [join(folder, '1.jsonl'), join(folder, '2.jsonl')] as const;
    const inspectBoth = async (isInLanes: boolean, segmentBytes: number): Promise<FileReport[]> => {
      const keys = createKeyTable();
      const lanes = isInLanes ? { lanes: () => lanesHere(createLane({ model: 'm' }), segmentBytes) } : {};
      return [
        await inspectFile(paths[0], undefined, { model: 'm', keys, file: 0, ...lanes }),
        await inspectFile(paths[1], undefined, { model: 'm', keys, file: 1, ...lanes }),
      ];
    };
    await fc.assert(
      fc.asyncProperty(inputLines, inputLines, fc.integer({ min: 1, max: 400 }), async (one, two, bytes) => {
        await writeFile(paths[0], one);
        await writeFile(paths[1], two);
        expect(await inspectBoth(true, bytes)).toEqual(await inspectBoth(false, bytes));
      }),
      { numRuns: 400 },
    );
  });

  test('notices one prompt cut into lines, over many segments', async () => {
    const text = (index: number): string => (index % 2 === 0 ? '{' : `"question ${index}": "what is it"`);
    const lines = Array.from({ length: 2500 }, (_, index) =>
      JSON.stringify({ key: `k${index}`, request: { contents: [{ parts: [{ text: text(index) }] }] } }),
    );
    const folder = await tempFolder({ 'b1.jsonl': lines.join('\n') });
    const path = join(folder, 'b1.jsonl');
    const alone = await inspectFile(path, undefined, {});
    expect(alone.findings.map(({ kind }) => kind)).toEqual(['split_prompt']);
    const lanes = (): ReturnType<typeof lanesHere<ReturnType<ReturnType<typeof createLane>>>> =>
      lanesHere(createLane({ model: undefined }), 1000);
    expect(await inspectFile(path, undefined, { lanes })).toEqual(alone);
  });

  test('counts a line that is too long, and finds keys behind it', async () => {
    const line = (key: string): string =>
      `{"key":"${key}","request":{"contents":[{"parts":[{"text":"a"}]}]}}`;
    const content = Buffer.from([line('a'), 'x'.repeat(200), line('b'), line('a')].join('\n'));
    const rules = { standsAt: (): boolean => true };
    const findings = createLineFindings(rules);
    const scanner = createLineScanner(findings, 100);
    scanner.push(content);
    scanner.end();
    const folder = await tempFolder({ a: content });
    const file = await open(join(folder, 'a'));
    onTestFinished(() => file.close());
    const joined = joinFindings(rules);
    const lanes = lanesHere(createLane({ model: undefined }));
    await readInLanes(
      file,
      lanes,
      {
        onBytes: () => undefined,
        onAnswer: ({ segment, answer }) => joined.add(segment, answer),
        onSkipped: (skipped) => joined.skip(skipped),
        longestBytes: 100,
      },
      undefined,
    );
    expect(joined.totals()).toEqual(findings.totals());
    expect(joined.totals().findings.map(({ kind }) => kind)).toEqual(['line_too_long', 'duplicate_key']);
  });
});

describe('inspectFile() of a large file, compiled', () => {
  const LARGE_BYTES = 140e6;

  async function largeFile(): Promise<string> {
    const line = (index: number): string =>
      JSON.stringify({
        key: `k${index}`,
        request: { contents: [{ parts: [{ text: 'a'.repeat(10_000) }] }] },
      });
    const lines = Array.from({ length: LARGE_BYTES / 10_000 }, (_, index) => line(index % 13_000));
    lines[5000] = '{"key":';
    const folder = await tempFolder({ 'b1.jsonl': lines.join('\n') });
    return join(folder, 'b1.jsonl');
  }

  test('is done by threads, with the same findings', async () => {
    const path = await largeFile();
    const { inspectFile: compiled } = (await import(`${COMPILED}/inspect-file.js`)) as {
      inspectFile: typeof inspectFile;
    };
    const report = await compiled(path, undefined, {});
    expect(report).toEqual(await inspectFile(path, undefined, {}));
    expect(report.findings.map(({ kind, count }) => [kind, count])).toEqual([
      ['invalid_json', 1],
      ['repeated_request', 1000],
    ]);
  });

  test('ends its threads when it is aborted', async () => {
    const path = await largeFile();
    const { inspectFile: compiled } = (await import(`${COMPILED}/inspect-file.js`)) as {
      inspectFile: typeof inspectFile;
    };
    const abort = new AbortController();
    const reason = new Error('stop');
    let seen = 0;
    const keys = createKeyTable();
    const counted = {
      ...keys,
      addHash(...args: Parameters<typeof keys.addHash>): number {
        seen += 1;
        if (seen === 1000) abort.abort(reason);
        return keys.addHash(...args);
      },
    };
    await expect(compiled(path, abort.signal, { keys: counted })).rejects.toBe(reason);
    expect(seen).toBeLessThan(10_000);
    expect(process.getActiveResourcesInfo()).not.toContain('MessagePort');
  });
});

describe('startThreads()', () => {
  test('passes on what a lane throws, and what keeps it from starting', async () => {
    const { startThreads: compiled } = (await import(`${COMPILED}/lane-threads.js`)) as {
      startThreads: typeof startThreads;
    };
    const module = (text: string): URL => new URL(`data:text/javascript,${encodeURIComponent(text)}`);
    const segment = (): Parameters<ReturnType<typeof compiled>['run']>[0] => ({
      bytes: Buffer.from(new ArrayBuffer(4)),
      offset: 0,
      line: 1,
    });
    for (const text of [
      'export function createLane() { return () => { throw new Error("bad lane"); }; }',
      'throw new Error("bad lane")',
    ]) {
      const lanes = compiled(module(text), undefined);
      await expect(lanes.run(segment(), undefined)).rejects.toThrow('bad lane');
      await lanes.close();
    }
  });
});

test('sha256 and size of a file are the same in lanes', async () => {
  const content = '{"contents":[]}\n'.repeat(100);
  const folder = await tempFolder({ 'b1.jsonl': content });
  const lanes = { lanes: () => lanesHere(createLane({ model: undefined }), 50) };
  const report = await inspectFile(join(folder, 'b1.jsonl'), undefined, lanes);
  const sha256 = createHash('sha256').update(content).digest('hex');
  expect(report).toMatchObject({ sha256, sizeBytes: content.length, lines: 100 });
});
