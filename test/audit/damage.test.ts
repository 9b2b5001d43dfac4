import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditResult, judgementOf } from '../../src/audit/audit-result.ts';
import { countAudit } from '../../src/audit/count-audit.ts';
import { readExpectedRows } from '../../src/audit/expected-rows.ts';
import { mergeResults } from '../../src/collect/merge.ts';
import type { RecordOf } from '../../src/model/batch-record.ts';
import type { SubmissionState } from '../../src/model/submission-state.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Fields = Readonly<Record<string, unknown>>;

const FORMS = ['text', 'json', 'schema'] as const;
type Form = (typeof FORMS)[number];

const SCHEMA = {
  type: 'OBJECT',
  properties: { answer: { type: 'STRING' }, score: { type: 'INTEGER' } },
  required: ['answer', 'score'],
};
const CONFIGS: Readonly<Record<Form, Fields>> = {
  text: {},
  json: { responseMimeType: 'application/json' },
  schema: { responseMimeType: 'application/json', responseSchema: SCHEMA },
};

/** One thing wrong with the answer itself. */
const FAULTS = [
  'error',
  'refused',
  'truncated',
  'blocked',
  'filtered',
  'unfinished',
  'empty',
  'invalidJson',
  'offSchema',
  'placeholder',
] as const;
type Fault = (typeof FAULTS)[number];

const PLACES = ['once', 'missing', 'garbled', 'duplicate', 'conflicting', 'goodAfter', 'goodBefore'] as const;

/** What happens to one request on its way. */
interface Fate {
  readonly content: 'good' | Fault;
  readonly place: (typeof PLACES)[number];
  readonly hasForeign: boolean;
}

const KEY_KINDS = ['text', 'number', 'none', 'unicode', 'escaped', 'bare', 'repeat'] as const;

interface Drawn {
  readonly keyKind: (typeof KEY_KINDS)[number];
  readonly form: Form;
  readonly blankBefore: boolean;
  readonly fate: Fate;
  /** Where its lines come in the results. */
  readonly rank: number;
  readonly isTurned: boolean;
}

const drawnRow: fc.Arbitrary<Drawn> = fc.record({
  keyKind: fc.constantFrom(...KEY_KINDS),
  form: fc.constantFrom(...FORMS),
  blankBefore: fc.boolean(),
  fate: fc.record({
    content: fc.oneof(
      { arbitrary: fc.constant('good' as const), weight: 3 },
      { arbitrary: fc.constantFrom(...FAULTS), weight: 2 },
    ),
    place: fc.oneof(
      { arbitrary: fc.constant('once' as const), weight: 4 },
      { arbitrary: fc.constantFrom(...PLACES), weight: 3 },
    ),
    hasForeign: fc.boolean(),
  }),
  rank: fc.nat(1_000_000),
  isTurned: fc.boolean(),
});

interface Layout {
  readonly newline: '\n' | '\r\n';
  readonly endsInNewline: boolean;
  readonly isShuffled: boolean;
}

const layout: fc.Arbitrary<Layout> = fc.record({
  newline: fc.constantFrom('\n' as const, '\r\n' as const),
  endsInNewline: fc.boolean(),
  isShuffled: fc.boolean(),
});

/** A request with the key it is sent under, and where it stands. */
interface Sent {
  readonly key: string;
  readonly line: number;
  readonly form: Form;
  readonly index: number;
  /** True when several requests have its key. */
  readonly isRepeated: boolean;
}

interface Written {
  readonly text: string;
  readonly sent: readonly Sent[];
}

function requestOf(index: number, form: Form): Fields {
  return { contents: [{ parts: [{ text: `What is № ${index}?` }] }], generationConfig: CONFIGS[form] };
}

/** Keys are made as documented: 20 hex digits over the line without the spaces around it. */
function madeKey(line: string): string {
  return `bs-${createHash('sha256').update(line).digest('hex').slice(0, 20)}`;
}

function writeInput(rows: readonly Drawn[], { newline, endsInNewline }: Layout): Written {
  const lines: string[] = [];
  const sent: Sent[] = [];
  const repeatable: { readonly text: string; readonly at: number }[] = [];
  for (const [index, { keyKind, form, blankBefore }] of rows.entries()) {
    if (blankBefore) lines.push(index % 2 === 0 ? '' : '  \t');
    const request = requestOf(index, form);
    const earlier = keyKind === 'repeat' ? repeatable[index % Math.max(1, repeatable.length)] : undefined;
    const first = earlier === undefined ? undefined : sent[earlier.at];
    if (earlier !== undefined && first !== undefined) {
      lines.push(earlier.text);
      sent[earlier.at] = { ...first, isRepeated: true };
      sent.push({ ...first, line: lines.length, isRepeated: true });
      continue;
    }
    const { text, key } = lineOf(index, keyKind, request);
    lines.push(text);
    if (keyKind === 'text') repeatable.push({ text, at: sent.length });
    sent.push({ key, line: lines.length, form, index, isRepeated: false });
  }
  return { text: lines.join(newline) + (endsInNewline ? newline : ''), sent };
}

function lineOf(
  index: number,
  kind: Drawn['keyKind'],
  request: Fields,
): { readonly text: string; readonly key: string } {
  switch (kind) {
    case 'text':
      return { text: JSON.stringify({ key: `k${index}`, request }), key: `k${index}` };
    case 'repeat':
      return { text: JSON.stringify({ request, key: `again-${index}` }), key: `again-${index}` };
    case 'number':
      return { text: JSON.stringify({ key: 1000 + index, request }), key: String(1000 + index) };
    case 'unicode':
      return { text: JSON.stringify({ key: `clé-${index}-キー🜁`, request }), key: `clé-${index}-キー🜁` };
    case 'escaped':
      return {
        text: `{"key":"\\u00e9\\"\\\\${index}","request":${JSON.stringify(request)}}`,
        key: `é"\\${index}`,
      };
    case 'none':
    case 'bare': {
      const text = JSON.stringify(kind === 'bare' ? request : { request });
      return { text, key: madeKey(text) };
    }
  }
}

function goodText({ index, form }: Sent, version = ''): string {
  const words = `Réponse ${index}${version}: as it should be.`;
  return form === 'text' ? words : JSON.stringify({ answer: words, score: index });
}

function responseOf(text: string, finishReason = 'STOP'): Fields {
  return {
    candidates: [{ content: { parts: [{ text }], role: 'model' }, finishReason }],
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 5 },
  };
}

function outcomeOf(sent: Sent, content: Fate['content']): Fields {
  switch (content) {
    case 'good':
      return { response: responseOf(goodText(sent)) };
    case 'error':
      return { error: { code: 4, message: 'Deadline expired.' } };
    case 'refused':
      return { error: { code: 3, message: 'Invalid.' } };
    case 'truncated':
      return { response: responseOf(goodText(sent).slice(0, 9), 'MAX_TOKENS') };
    case 'blocked':
      return { response: { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } } };
    case 'filtered':
      return { response: { candidates: [{ finishReason: 'SAFETY' }] } };
    case 'unfinished':
      return { response: responseOf(goodText(sent), 'OTHER') };
    case 'empty':
      return { response: { candidates: [{ content: { role: 'model' }, finishReason: 'STOP' }] } };
    case 'invalidJson':
      return { response: responseOf(`Here you are: ${goodText(sent)}`) };
    case 'offSchema':
      return { response: responseOf(JSON.stringify({ answer: 'As it should be.', score: 'many' })) };
    case 'placeholder': {
      const text = '[insert answer here]';
      return {
        response: responseOf(sent.form === 'text' ? text : JSON.stringify({ answer: text, score: 1 })),
      };
    }
  }
}

/** What an audit calls each fault. */
const KINDS: Readonly<Record<Fault, string>> = {
  error: 'error',
  refused: 'error',
  truncated: 'truncated',
  blocked: 'blocked',
  filtered: 'blocked',
  unfinished: 'unfinished',
  empty: 'empty',
  invalidJson: 'invalid_json',
  offSchema: 'invalid_json',
  placeholder: 'placeholder',
};

/** Damage that means something to the request: text without a form cannot be of a wrong one. */
function effectOf({ content, place, hasForeign }: Fate, { form, isRepeated }: Sent): Fate {
  const isFree =
    (content === 'invalidJson' && form === 'text') || (content === 'offSchema' && form !== 'schema');
  const isCopied = place !== 'once' && place !== 'missing' && place !== 'garbled';
  // A line that is not there has nothing else wrong; and of several requests with one key, none says which it is.
  const hidden = place === 'missing' || place === 'garbled';
  return {
    content: isFree || hidden ? 'good' : content,
    place: isRepeated && isCopied ? 'once' : place,
    hasForeign,
  };
}

interface Results {
  readonly text: string;
  /** `kind line key` of everything that is wrong. */
  readonly defects: ReadonlySet<string>;
  readonly unreadable: number;
  /** What each request is answered with, if it is, in input order. */
  readonly answers: readonly (Fields | undefined)[];
}

function writeResults(rows: readonly Drawn[], sent: readonly Sent[], how: Layout): Results {
  const lines: { readonly rank: number; readonly text: string }[] = [];
  const defects = new Set<string>();
  let unreadable = 0;
  const answers = sent.map((one, at): Fields | undefined => {
    const drawn = rows[at];
    if (drawn === undefined) return undefined;
    const { content, place, hasForeign } = effectOf(drawn.fate, one);
    const add = (fields: Fields, key: string = one.key): void => {
      const members = Object.entries({ key, ...fields });
      const text = JSON.stringify(Object.fromEntries(drawn.isTurned ? members.toReversed() : members));
      lines.push({ rank: how.isShuffled ? (drawn.rank * 31 + lines.length * 7919) % 1_000_003 : 0, text });
    };
    const note = (kind: string): unknown => defects.add(`${kind} ${one.line} ${one.key}`);
    const first = outcomeOf(one, content);
    const good = { response: responseOf(goodText(one)) };
    if (hasForeign) {
      add(first, `stranger-${at}`);
      defects.add(`foreign null stranger-${at}`);
    }
    switch (place) {
      case 'missing':
        note('missing');
        return undefined;
      case 'garbled':
        add(first);
        lines.push({ rank: lines.at(-1)?.rank ?? 0, text: lines.pop()?.text.slice(0, 25) ?? '' });
        note('missing');
        unreadable += 1;
        return undefined;
      case 'duplicate':
        add(first);
        add(first);
        note('duplicate');
        break;
      case 'conflicting':
        add(first);
        add({ response: responseOf(goodText(one, ' or not')) });
        note('duplicate');
        return content === 'good' ? undefined : { response: responseOf(goodText(one, ' or not')) };
      case 'goodAfter':
        add(first);
        add(good);
        note('duplicate');
        return good;
      case 'goodBefore':
        add(good);
        add(first);
        note('duplicate');
        return good;
      case 'once':
        add(first);
        break;
    }
    if (content === 'good') return first;
    note(KINDS[content]);
    return undefined;
  });
  const text = lines
    .sort((left, right) => left.rank - right.rank)
    .map((line) => line.text)
    .join(how.newline);
  return { text: `${text}${how.newline}`, defects, unreadable, answers };
}

/** Both files on disk, and a state that says so. */
async function save(input: string, results: string): Promise<SubmissionState> {
  const [inputPath, path] = [join(folder, 'batch_001.jsonl'), join(folder, 'results_001.jsonl')];
  await writeFile(inputPath, input);
  await writeFile(path, results);
  const record: RecordOf<'collected'> = {
    status: 'collected',
    attempt: 1,
    input: { path: inputPath, sizeBytes: Buffer.byteLength(input), sha256: sha256(input), lines: 0 },
    job: { name: 'batches/one' },
    endedAt: '2026-11-22T14:00:00.000Z',
    saved: {
      path,
      sizeBytes: Buffer.byteLength(results),
      sha256: sha256(results),
      lines: 0,
      answered: 0,
      failed: 0,
      savedAt: '2026-11-22T14:00:00.000Z',
    },
  };
  return { stateId: 'k3v9q2ma', createdAt: '', lastRun: undefined, batches: new Map([[1, record]]) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

interface MergedLine {
  readonly key: string;
  readonly batch: number;
  readonly file: string;
  readonly line: number;
  readonly attempt: number;
  readonly response?: unknown;
  readonly reason?: unknown;
}

async function readMerged(path: string): Promise<readonly MergedLine[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as MergedLine);
}

describe('results with any damage', () => {
  test('are told apart row by row: nothing is overlooked, and nobody accused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(drawnRow, { minLength: 1, maxLength: 60 }), layout, async (rows, how) => {
        const input = writeInput(rows, how);
        const results = writeResults(rows, input.sent, how);
        const state = await save(input.text, results.text);
        const merged = await mergeResults(state, [1], join(folder, 'out'), undefined);

        const named = merged.defects.filter(({ kind }) => kind !== 'unreadable');
        const found = new Set(named.map(({ kind, line, key }) => `${kind} ${line} ${key ?? ''}`));
        // Several requests with one key take its answers in the order in which these come.
        const repeated = new Set(input.sent.flatMap(({ key, isRepeated }) => (isRepeated ? [key] : [])));
        const isSingle = (defect: string): boolean => !repeated.has(defect.split(' ').slice(2).join(' '));
        expect(new Set([...found].filter(isSingle))).toEqual(new Set([...results.defects].filter(isSingle)));
        expect(merged.defects.filter(({ kind }) => kind === 'unreadable')).toHaveLength(results.unreadable);

        const lines = await readMerged(merged.path ?? '');
        expect(lines.map(({ key, batch, file, line }) => [key, batch, file, line])).toEqual(
          input.sent.map(({ key, line }) => [key, 1, 'batch_001.jsonl', line]),
        );
        const answerOf = (at: number): unknown => lines[at]?.response;
        for (const [at, { isRepeated }] of input.sent.entries()) {
          if (!isRepeated) expect(answerOf(at)).toEqual(results.answers[at]?.['response']);
        }
        // Of a group it counts how many are answered, and that each answer is its own.
        for (const key of repeated) {
          const group = [...input.sent.entries()].filter(([, sent]) => sent.key === key).map(([at]) => at);
          const count = (of: (at: number) => unknown): number =>
            group.filter((at) => of(at) !== undefined).length;
          expect(count(answerOf)).toBe(count((at) => results.answers[at]));
          const own = results.answers[group.find((at) => results.answers[at] !== undefined) ?? -1];
          for (const at of group) {
            if (answerOf(at) !== undefined) expect(answerOf(at)).toEqual(own?.['response']);
          }
        }
        expect(
          lines.every(({ response, reason }) => (response === undefined) !== (reason === undefined)),
        ).toBe(true);
        const [outcome] = merged.batches;
        const answered = results.answers.filter((answer) => answer !== undefined).length;
        expect(outcome).toMatchObject({ planned: rows.length, answered, pending: 0 });
        expect(answered + (outcome?.failed ?? 0) + (outcome?.missing ?? 0)).toBe(rows.length);
        expect(merged.caveats.get(outcome?.batch ?? 0)).toEqual(new Set<string>());
      }),
      { numRuns: 200 },
    );
  });

  test('are clean when nothing was done to them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(drawnRow, { minLength: 1, maxLength: 60 }), layout, async (rows, how) => {
        const intact = rows.map((row): Drawn => ({
          ...row,
          fate: { content: 'good', place: 'once', hasForeign: false },
        }));
        const input = writeInput(intact, how);
        const results = writeResults(intact, input.sent, how);
        const state = await save(input.text, results.text);
        const { defects, batches } = await mergeResults(state, [1], join(folder, 'out'), undefined);
        expect(defects).toEqual([]);
        expect(batches).toMatchObject([
          { planned: rows.length, answered: rows.length, failed: 0, missing: 0, pending: 0 },
        ]);
      }),
      { numRuns: 100 },
    );
  });
});

/** A line of a results file, as the simplest reader sees it. */
interface PlainLine {
  readonly key: string;
  readonly kind: 'good' | 'error' | 'truncated';
  readonly text: string;
}

interface PlainVerdict {
  readonly kind: string | undefined;
  readonly resultLine: number | undefined;
}

interface PlainAudit {
  readonly rows: readonly PlainVerdict[];
  readonly duplicates: number;
  readonly foreign: number;
}

/**
 * The simplest audit that could be right: lines by key, in a Map. Of the lines of one key each request takes
 * one, and the last request all that are left: one good answer counts, two that differ spoil each other.
 */
function plainAudit(keys: readonly string[], lines: readonly PlainLine[]): PlainAudit {
  const byKey = new Map<string, (PlainLine & { readonly number: number })[]>();
  for (const [index, line] of lines.entries()) {
    byKey.set(line.key, [...(byKey.get(line.key) ?? []), { ...line, number: index + 1 }]);
  }
  let duplicates = 0;
  const rows = keys.map((key, row): PlainVerdict => {
    const waiting = byKey.get(key) ?? [];
    const isLast = keys.lastIndexOf(key) === row;
    const mine = waiting.splice(0, isLast ? waiting.length : 1);
    duplicates += Math.max(0, mine.length - 1);
    const good = mine.filter(({ kind }) => kind === 'good');
    const taken = good[0] ?? mine[0];
    const isSpoilt = new Set(good.map(({ text }) => text)).size > 1;
    const kind = taken?.kind === 'good' ? 'answered' : taken?.kind;
    return { kind: isSpoilt ? 'duplicate' : kind, resultLine: taken?.number };
  });
  const known = new Set(keys);
  return { rows, duplicates, foreign: lines.filter(({ key }) => !known.has(key)).length };
}

describe('the audit', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', '__proto__', 'constructor', '7');
  const plainLine = fc.record({
    key,
    kind: fc.constantFrom('good' as const, 'error' as const, 'truncated' as const),
    text: fc.constantFrom('A first answer.', 'A second answer.', 'A third answer.'),
  });

  test('comes to what a Map would, whatever lines come in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(key, { minLength: 1, maxLength: 8 }),
        fc.array(plainLine, { maxLength: 20 }),
        async (keys, lines) => {
          const request = requestOf(0, 'text');
          await save(
            keys.map((own) => `${JSON.stringify({ key: own, request })}\n`).join(''),
            lines.map((line) => `${JSON.stringify(resultLine(line))}\n`).join(''),
          );
          const expected = await readExpectedRows(join(folder, 'batch_001.jsonl'), undefined);
          const audited = await auditResult(join(folder, 'results_001.jsonl'), expected, undefined);
          const plain = plainAudit(keys, lines);
          const rows = keys.map((_key, row): PlainVerdict => {
            const kind = judgementOf(audited, row)?.kind;
            return {
              kind,
              resultLine: kind === undefined ? undefined : audited.sheet.placeOf(row).resultLine,
            };
          });
          expect(rows).toEqual(plain.rows);
          expect(audited.sheet.extraCount('duplicate')).toBe(plain.duplicates);
          expect(audited.sheet.extraCount('foreign')).toBe(plain.foreign);

          const record = { status: 'pending', attempt: 1 } as const;
          const { requests, answered, failed, missing } = countAudit(audited, record, undefined);
          expect({ requests, answered, failed, missing }).toEqual({
            requests: keys.length,
            answered: plain.rows.filter(({ kind }) => kind === 'answered').length,
            failed: plain.rows.filter(({ kind }) => kind !== undefined && kind !== 'answered').length,
            missing: plain.rows.filter(({ kind }) => kind === undefined).length,
          });
        },
      ),
      { numRuns: 250 },
    );
  });

  function resultLine({ key: own, kind, text }: PlainLine): Fields {
    if (kind === 'error') return { error: { code: 4, message: 'Deadline expired.' }, key: own };
    return { key: own, response: responseOf(text, kind === 'good' ? 'STOP' : 'MAX_TOKENS') };
  }
});
