import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { auditResult, judgementOf, type AuditedResult } from '../../src/audit/audit-result.ts';
import { type ExpectedRows, readExpectedRows } from '../../src/audit/expected-rows.ts';
import { createLane as createResultLane } from '../../src/audit/result-lane.ts';
import { createLane as createRowLane } from '../../src/audit/row-lane.ts';
import { lanesHere } from '../../src/input/lanes.ts';
import { tempFolder } from '../config/temp-folder.ts';
import { inputLines } from '../input/input-lines.ts';

const key = fc.oneof(
  { weight: 4, arbitrary: fc.nat(40).map((index) => `k${index}`) },
  fc.constantFrom('a', 'b', 'c', 'é🙂', '', 7, 1.5, null, 'foreign'),
);
const text = fc.constantFrom(
  'x',
  '"x"',
  '{"answer":"It is so."}',
  '[insert answer here]',
  'An answer. 🙂',
  '',
  '{',
);
const usage = fc.constantFrom(undefined, {
  promptTokenCount: 3,
  candidatesTokenCount: 5,
  thoughtsTokenCount: 1,
});
const finishReason = fc.constantFrom('STOP', 'STOP', 'STOP', 'MAX_TOKENS', 'SAFETY', undefined);
const response = fc.tuple(text, finishReason, usage).map(([one, finish, usageMetadata]) => ({
  candidates: [{ content: { parts: [{ text: one }] }, finishReason: finish }],
  usageMetadata,
}));
const line = fc.oneof(
  { weight: 6, arbitrary: fc.record({ key, response }).map((value) => JSON.stringify(value)) },
  fc.record({ response }).map((value) => JSON.stringify(value)),
  fc
    .record({ key, error: fc.constantFrom({ code: 3, message: 'bad' }, 'bad') })
    .map((value) => JSON.stringify(value)),
  fc.constantFrom(
    '',
    ' ',
    '{"key":',
    '[]',
    '\uFEFF{"key":"a","error":{}}',
    '\r',
    '{"key":"k1","response":{}}\r',
  ),
);
const resultLines = fc
  .tuple(fc.array(line, { maxLength: 40 }), fc.nat(10), fc.constantFrom('', '\n', '\n{"ke'))
  .map(([lines, repeated, end]) => [...lines, ...lines.slice(0, repeated)].join('\n') + end);

/** Good requests beside all that people take for requests. */
const input = fc.tuple(inputLines, fc.nat(30)).map(([odd, count]) => {
  const good = (index: number): string =>
    JSON.stringify({ key: `k${index}`, request: { contents: [{ parts: [{ text: 'x' }] }] } });
  return Buffer.concat([
    Buffer.from(Array.from({ length: count }, (_, index) => `${good(index)}\n`).join('')),
    odd,
  ]);
});

test('audits in lanes find what they find line by line, in good and bad files', async () => {
  const folder = await tempFolder({});
  const [requests, results] = [join(folder, 'in.jsonl'), join(folder, 'out.jsonl')];
  await fc.assert(
    fc.asyncProperty(
      input,
      resultLines,
      fc.integer({ min: 1, max: 500 }),
      async (sent, came, segmentBytes) => {
        await writeFile(requests, sent);
        await writeFile(results, came);
        const expected = await readExpectedRows(requests, undefined);
        const inLanes = await readExpectedRows(requests, undefined, undefined, () =>
          lanesHere(createRowLane(), segmentBytes),
        );
        expect(describeRows(inLanes)).toEqual(describeRows(expected));
        if (expected === undefined || inLanes === undefined) return;
        const lane = await createResultLane(inLanes.share());
        const audited = await auditResult(results, inLanes, undefined, () => lanesHere(lane, segmentBytes));
        expect(describeAudit(audited)).toEqual(
          describeAudit(await auditResult(results, expected, undefined)),
        );
      },
    ),
    { numRuns: 150 },
  );
});

function describeRows(rows: ExpectedRows | undefined): unknown {
  if (rows === undefined) return undefined;
  const { count, sizeBytes, sha256, expectations } = rows;
  const each = Array.from({ length: count }, (_, row) => ({
    line: rows.lineOf(row),
    isKeyMade: rows.isKeyMade(row),
    next: rows.next(row),
    expectation: rows.expectationOf(row),
  }));
  const found = Array.from({ length: 41 }, (_, index) => rows.find(`k${index}`));
  return { count, sizeBytes, sha256, schemas: expectations.schemaTexts, each, found };
}

function describeAudit(audited: AuditedResult): unknown {
  const { rowCount, sheet, read, usage: used, byOrder, readable } = audited;
  const each = Array.from({ length: rowCount }, (_, row) => ({
    judgement: judgementOf(audited, row),
    place: sheet.placeOf(row),
  }));
  const { extras, keyless } = sheet;
  return { rowCount, read, usage: used, byOrder, readable, each, extras, keyless };
}
