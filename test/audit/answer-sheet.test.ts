import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { auditResult, judgementOf, type AuditedResult } from '../../src/audit/audit-result.ts';
import { countAudit } from '../../src/audit/count-audit.ts';
import { readExpectedRows } from '../../src/audit/expected-rows.ts';
import { listExtras } from '../../src/audit/list-defects.ts';
import type { Defect } from '../../src/model/answer.ts';

const REQUEST = '{"contents":[{"parts":[{"text":"What is it?"}]}]}';

/** `a` is a request with that key, `-` one without, `=` the same without key and wrapping. */
function inputOf(marks: string): string {
  return Array.from(marks)
    .map((mark, index) => {
      const request = REQUEST.replace('it?', `it, in case ${mark === '-' || mark === '=' ? index : mark}?`);
      if (mark === '=') return `${request}\n`;
      return mark === '-' ? `{"request":${request}}\n` : `{"key":"${mark}","request":${request}}\n`;
    })
    .join('');
}

/**
 * `a1` answers a with text 1, `a!` with an error that may pass, `a#` with one for good, `a~` with a cut text;
 * `-1` is an answer without a key, and `%` half a line.
 */
function resultsOf(marks: string): string {
  return marks
    .split(' ')
    .filter((mark) => mark !== '')
    .map((mark) => {
      if (mark === '%') return '{"key":"a","respo\n';
      const [key = '', what = ''] = mark;
      const own = key === '-' ? {} : { key };
      const error = { '!': 4, '#': 3 }[what];
      if (error !== undefined) return `${JSON.stringify({ error: { code: error }, ...own })}\n`;
      const text = what === '~' ? 'It is' : `It is number ${what}.`;
      const finishReason = what === '~' ? 'MAX_TOKENS' : 'STOP';
      const candidates = [{ content: { parts: [{ text }] }, finishReason }];
      const response = { candidates, usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 5 } };
      return `${JSON.stringify({ ...own, response })}\n`;
    })
    .join('');
}

/** Audits the results against the input; `undefined` for an input that is not at hand. */
async function audit(input: string | undefined, results: string): Promise<AuditedResult> {
  const folder = await mkdtemp(join(tmpdir(), 'answer-sheet-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [inputPath, resultsPath] = [join(folder, 'in.jsonl'), join(folder, 'out.jsonl')];
  await writeFile(resultsPath, resultsOf(results));
  if (input !== undefined) await writeFile(inputPath, inputOf(input));
  const expected = input === undefined ? undefined : await readExpectedRows(inputPath, undefined);
  return await auditResult(resultsPath, expected, undefined);
}

/** Each row as `kind@line of the results`, or `missing`. */
function rowsOf(audited: AuditedResult): readonly string[] {
  return Array.from({ length: audited.rowCount }, (_, row) => {
    const judgement = judgementOf(audited, row);
    return judgement === undefined ? 'missing' : `${judgement.kind}@${audited.sheet.placeOf(row).resultLine}`;
  });
}

function extrasOf(audited: AuditedResult): readonly string[] {
  const extras: Defect[] = [];
  listExtras(1, audited, (defect) => extras.push(defect));
  return extras.map(({ kind, resultLine, line, key, reason }) =>
    [kind, resultLine, `line ${line ?? 'none'}`, key ?? 'no key', reason ?? ''].join(' ').trim(),
  );
}

interface Case {
  readonly what: string;
  readonly input: string;
  readonly results: string;
  readonly rows: readonly string[];
  readonly extras?: readonly string[];
}

const CASES: readonly Case[] = [
  {
    what: 'answers in another order go to their keys',
    input: 'abc',
    results: 'c1 a2 b3',
    rows: ['answered@2', 'answered@3', 'answered@1'],
  },
  { what: 'no line is a missing answer', input: 'ab', results: 'b1', rows: ['missing', 'answered@1'] },
  { what: 'nothing at all', input: 'ab', results: '', rows: ['missing', 'missing'] },
  {
    what: 'the same answer twice is an answer, and a copy',
    input: 'ab',
    results: 'a1 b1 a1',
    rows: ['answered@1', 'answered@2'],
    extras: ['duplicate 3 line 1 a'],
  },
  {
    what: 'two answers that differ spoil each other',
    input: 'ab',
    results: 'a1 a2 b1',
    rows: ['duplicate@1', 'answered@3'],
    extras: ['duplicate 2 line 1 a conflict'],
  },
  {
    what: 'a conflict is not healed by a third answer',
    input: 'a',
    results: 'a1 a2 a1',
    rows: ['duplicate@1'],
    extras: ['duplicate 2 line 1 a conflict', 'duplicate 3 line 1 a'],
  },
  {
    what: 'a conflict is not healed by an error',
    input: 'a',
    results: 'a1 a2 a!',
    rows: ['duplicate@1'],
    extras: ['duplicate 2 line 1 a conflict', 'duplicate 3 line 1 a'],
  },
  {
    what: 'a good answer after a bad one counts',
    input: 'a',
    results: 'a! a1',
    rows: ['answered@2'],
    extras: ['duplicate 2 line 1 a'],
  },
  {
    what: 'a good answer before a bad one counts',
    input: 'a',
    results: 'a1 a~',
    rows: ['answered@1'],
    extras: ['duplicate 2 line 1 a'],
  },
  {
    what: 'of two bad answers the first is told',
    input: 'a',
    results: 'a~ a!',
    rows: ['truncated@1'],
    extras: ['duplicate 2 line 1 a'],
  },
  {
    what: 'two good answers after a bad one still spoil each other',
    input: 'a',
    results: 'a! a1 a2',
    rows: ['duplicate@2'],
    extras: ['duplicate 2 line 1 a', 'duplicate 3 line 1 a conflict'],
  },
  {
    what: 'several requests under one key are owed an answer each',
    input: 'aba',
    results: 'a1 b1 a1',
    rows: ['answered@1', 'answered@2', 'answered@3'],
  },
  {
    what: 'one answer for two requests under one key leaves one missing',
    input: 'aa',
    results: 'a1',
    rows: ['answered@1', 'missing'],
  },
  {
    what: 'a third answer for two requests under one key is a copy',
    input: 'aa',
    results: 'a1 a1 a1',
    rows: ['answered@1', 'answered@2'],
    extras: ['duplicate 3 line 2 a'],
  },
  {
    what: 'a key nobody sent is foreign',
    input: 'a',
    results: 'x1 a1 x1',
    rows: ['answered@2'],
    extras: ['foreign 1 line none x', 'foreign 3 line none x'],
  },
  {
    what: 'half a line answers nothing',
    input: 'a',
    results: '%',
    rows: ['missing'],
    extras: ['unreadable 1 line none no key'],
  },
  {
    what: 'an answer without a key belongs to nobody where all requests have one',
    input: 'ab',
    results: '-1 b1',
    rows: ['missing', 'answered@2'],
    extras: ['foreign 1 line none no key no_key'],
  },
];

describe('an answer', () => {
  test.for(CASES)('$what', async ({ input, results, rows, extras = [] }) => {
    const audited = await audit(input, results);
    expect(rowsOf(audited)).toEqual(rows);
    expect(extrasOf(audited)).toEqual(extras);
    expect(audited.byOrder).toBe(0);
  });

  test('of a copy is not paid for twice, and one of a conflict is', async () => {
    const answerTokens = async (results: string): Promise<number> => (await audit('a', results)).usage.answer;
    expect([await answerTokens('a1'), await answerTokens('a1 a1'), await answerTokens('a1 a2')]).toEqual([
      5, 5, 10,
    ]);
  });
});

describe('answers without keys', () => {
  test.for<Case & { readonly byOrder: number }>([
    {
      what: 'go to requests without keys in their order',
      input: '--=',
      results: '-1 -! -3',
      rows: ['answered@1', 'error@2', 'answered@3'],
      byOrder: 3,
    },
    {
      what: 'go between those with keys',
      input: 'a-b-',
      results: 'b1 -2 a3 -4',
      rows: ['answered@3', 'answered@2', 'answered@1', 'answered@4'],
      byOrder: 2,
    },
    {
      what: 'are nobody’s when one is missing',
      input: '---',
      results: '-1 -2',
      rows: ['missing', 'missing', 'missing'],
      extras: ['foreign 1 line none no key no_key', 'foreign 2 line none no key no_key'],
      byOrder: 0,
    },
    {
      what: 'are nobody’s when there is one too many',
      input: '-a',
      results: '-1 -2 a1',
      rows: ['missing', 'answered@3'],
      extras: ['foreign 1 line none no key no_key', 'foreign 2 line none no key no_key'],
      byOrder: 0,
    },
    {
      what: 'never take the place of a request that has a key',
      input: 'a-',
      results: '-1',
      rows: ['missing', 'answered@1'],
      byOrder: 1,
    },
  ])('$what', async ({ input, results, rows, extras = [], byOrder }) => {
    const audited = await audit(input, results);
    expect(rowsOf(audited)).toEqual(rows);
    expect(extrasOf(audited)).toEqual(extras);
    expect(audited.byOrder).toBe(byOrder);
    const { facts } = countAudit(audited, { status: 'pending', attempt: 1 }, undefined);
    expect(facts.byOrder ?? 0).toBe(byOrder);
  });
});

describe('without the input', () => {
  test('each key of the results is a row, and each answer without one too', async () => {
    const audited = await audit(undefined, 'a1 -1 b! a1 %');
    expect(rowsOf(audited)).toEqual(['answered@1', 'error@3', 'answered@2']);
    expect(extrasOf(audited)).toEqual(['duplicate 4 line none a', 'unreadable 5 line none no key']);
  });

  test('the number of requests is what was counted before', async () => {
    const audited = await audit(undefined, 'a1 b! c#');
    const counts = countAudit(audited, { status: 'pending', attempt: 1 }, 5);
    expect(counts).toMatchObject({ requests: 5, answered: 1, failed: 2, missing: 2 });
    expect(counts.facts).toMatchObject({
      against: 'count',
      permanent: 1,
      defects: { error: 2, missing: 2 },
    });
  });
});
