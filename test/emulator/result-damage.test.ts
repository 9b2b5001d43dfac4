import { describe, expect, test } from 'vitest';
import type { ResultDamage } from '../../src/emulator/index.ts';
import { CONTENT_KINDS, fateOf, LINE_KINDS } from '../../src/emulator/result-damage.ts';
import { fitsSchema } from '../../src/emulator/schema-fit.ts';
import type { Body } from './support/api-client.ts';
import { type Form, isJson, linesOf, PAIR_SCHEMA, runDamaged, textIn } from './support/damaged-run.ts';

const COUNT = 60;
const PLACEHOLDER = /^(?:\[insert answer here\]|lorem ipsum dolor sit amet.*|TODO|Placeholder answer \d+)$/u;

const reasonOf = (line: Body): string => String(line.response?.candidates?.[0]?.finishReason);

/** Every string that a placeholder may stand for. `mood` has only two values. */
const freeStrings = ({ mood: _mood, ...rest }: Body): readonly string[] =>
  Object.values(rest)
    .flat()
    .filter((value): value is string => typeof value === 'string');

interface KindCase {
  readonly kind: keyof ResultDamage;
  readonly form: Form;
  /** What each line comes to, as a few words; the set over all lines is compared. */
  readonly look: (line: Body) => unknown;
  readonly seen: readonly unknown[];
  readonly failed?: true;
}

const CASES: readonly KindCase[] = [
  { kind: 'error', form: 'text', look: ({ error }) => error?.code, seen: [4], failed: true },
  { kind: 'refused', form: 'text', look: ({ error }) => error?.code, seen: [3], failed: true },
  { kind: 'truncated', form: 'text', look: reasonOf, seen: ['MAX_TOKENS'] },
  {
    kind: 'blocked',
    form: 'text',
    look: ({ response }) => `${response.promptFeedback.blockReason} ${'candidates' in response}`,
    seen: ['PROHIBITED_CONTENT false'],
  },
  {
    kind: 'filtered',
    form: 'text',
    look: (line) => `${reasonOf(line)} ${(textIn(line) ?? '').length <= 12}`,
    seen: ['RECITATION true', 'SAFETY true'],
  },
  {
    kind: 'unfinished',
    form: 'text',
    look: (line) => `${reasonOf(line)} ${(textIn(line) ?? '').startsWith('Emulated answer')}`,
    seen: ['MALFORMED_FUNCTION_CALL true', 'OTHER true'],
  },
  {
    kind: 'empty',
    form: 'text',
    look: ({ response }) => `${response.candidates[0].content.parts} ${response.candidates[0].finishReason}`,
    seen: ['undefined STOP'],
  },
  ...(['json', 'schema'] as const).map((form): KindCase => ({
    kind: 'invalidJson',
    form,
    look(line) {
      const text = textIn(line) ?? '';
      const shape = text.startsWith('{') ? 'cut' : text.startsWith('```json\n{') ? 'fence' : 'prose';
      return `${reasonOf(line)} ${shape} ${isJson(text)}`;
    },
    seen: ['STOP cut false', 'STOP fence false', 'STOP prose false'],
  })),
  {
    kind: 'offSchema',
    form: 'schema',
    look(line) {
      const answer = JSON.parse(textIn(line) ?? '');
      const lacks = !('answer' in answer && 'score' in answer);
      return `${reasonOf(line)} ${lacks ? 'lacks' : 'mistypes'} ${fitsSchema(answer, PAIR_SCHEMA)}`;
    },
    seen: ['STOP lacks false', 'STOP mistypes false'],
  },
  {
    kind: 'placeholder',
    form: 'text',
    look: (line) => `${reasonOf(line)} ${PLACEHOLDER.test(textIn(line) ?? '')}`,
    seen: ['STOP true'],
  },
  {
    kind: 'placeholder',
    form: 'schema',
    look(line) {
      const answer = JSON.parse(textIn(line) ?? '');
      const strings = freeStrings(answer);
      return `${fitsSchema(answer, PAIR_SCHEMA)} ${strings.length} ${strings.every((text) => PLACEHOLDER.test(text))}`;
    },
    seen: ['true 3 true'],
  },
];

describe('a share of 1 befalls every line', () => {
  test.for(CASES)('$kind, asked for $form', async ({ kind, form, look, seen, failed }) => {
    const { raw, stats, truth, job, inputFile } = await runDamaged(linesOf(form, COUNT), {
      damage: { [kind]: 1 },
    });
    const lines = raw.map((line): Body => JSON.parse(line));
    expect(lines.map(({ key }) => key)).toEqual(Array.from({ length: COUNT }, (_, index) => `k${index}`));
    expect(new Set(lines.map(look))).toEqual(new Set(seen));
    expect(truth).toEqual(
      lines.map(({ key }, index) => ({ job, displayName: 'spoilt', inputFile, index, key, kinds: [kind] })),
    );
    expect(stats).toEqual({
      requestCount: String(COUNT),
      [failed === true ? 'failedRequestCount' : 'successfulRequestCount']: String(COUNT),
    });
  });

  test('missing', async () => {
    const { raw, stats, truth } = await runDamaged(linesOf('text', COUNT), { damage: { missing: 1 } });
    expect(raw).toEqual([]);
    expect(truth.map(({ key, kinds }) => `${key} ${kinds.join()}`)).toEqual(
      Array.from({ length: COUNT }, (_, index) => `k${index} missing`),
    );
    expect(stats).toEqual({ requestCount: String(COUNT), successfulRequestCount: String(COUNT) });
  });

  test('garbled', async () => {
    const { raw, stats, truth } = await runDamaged(linesOf('text', COUNT), { damage: { garbled: 1 } });
    expect(raw).toHaveLength(COUNT);
    expect(raw.filter(isJson)).toEqual([]);
    expect(truth.map(({ index, kinds }) => `${index} ${kinds.join()}`)).toEqual(
      Array.from({ length: COUNT }, (_, index) => `${index} garbled`),
    );
    expect(stats).toEqual({ requestCount: String(COUNT), successfulRequestCount: String(COUNT) });
  });

  test('foreign', async () => {
    const { raw, truth } = await runDamaged(linesOf('text', COUNT), { damage: { foreign: 1 } });
    const keys = raw.map((line): string => JSON.parse(line).key);
    expect(keys.filter((_, index) => index % 2 === 0)).toEqual(
      Array.from({ length: COUNT }, (_, index) => `k${index}`),
    );
    expect(truth.map(({ key, kinds }) => `${key} ${kinds.join()}`)).toEqual(
      keys.filter((_, index) => index % 2 === 1).map((key) => `${key} foreign`),
    );
    expect(keys.filter((key) => key.startsWith('foreign-'))).toHaveLength(COUNT);
  });

  test.for(['text', 'json', 'schema'] as const)('duplicate and conflicting, asked for %s', async (form) => {
    for (const kind of ['duplicate', 'conflicting'] as const) {
      const { raw, truth, stats } = await runDamaged(linesOf(form, COUNT), { damage: { [kind]: 1 } });
      expect(raw).toHaveLength(2 * COUNT);
      for (let index = 0; index < COUNT; index += 1) {
        const [first, second] = raw.slice(2 * index, 2 * index + 2).map((line): Body => JSON.parse(line));
        expect([first.key, second.key]).toEqual([`k${index}`, `k${index}`]);
        expect(Object.keys(first)).toEqual(Object.keys(second).toReversed());
        expect(reasonOf(second)).toBe('STOP');
        if (kind === 'duplicate') expect(second).toEqual(first);
        else expect(textIn(second)).not.toEqual(textIn(first));
        if (form !== 'text') expect(isJson(textIn(second))).toBe(true);
        if (form === 'schema')
          expect(fitsSchema(JSON.parse(textIn(second) ?? ''), PAIR_SCHEMA), textIn(second)).toBe(true);
      }
      expect(truth.map(({ kinds }) => kinds)).toEqual(Array.from({ length: COUNT }, () => [kind]));
      expect(stats.successfulRequestCount).toBe(String(COUNT));
    }
  });

  test.for([
    ['invalidJson', 'text'],
    ['offSchema', 'text'],
    ['offSchema', 'json'],
  ] as const)('%s means nothing to a request for %s', async ([kind, form]) => {
    const clean = await runDamaged(linesOf(form, COUNT), {});
    const { raw, truth } = await runDamaged(linesOf(form, COUNT), { damage: { [kind]: 1 } });
    expect(raw).toEqual(clean.raw);
    expect(truth).toEqual([]);
  });
});

const EVERYTHING: ResultDamage = {
  shuffle: true,
  foreign: 0.05,
  ...Object.fromEntries([...CONTENT_KINDS, ...LINE_KINDS].map((kind) => [kind, 0.05])),
};

describe('the fate of a line', () => {
  test('has at most one kind of content and one of line, each about as often as asked for', () => {
    const fates = Array.from({ length: 10_000 }, (_, index) => fateOf(9, index, EVERYTHING));
    const readable = fates.filter(({ line }) => line !== 'missing' && line !== 'garbled').length;
    for (const kind of LINE_KINDS) {
      expect(fates.filter(({ line }) => line === kind).length / fates.length, kind).toBeCloseTo(0.05, 1.9);
    }
    for (const kind of CONTENT_KINDS) {
      const count = fates.filter(({ content }) => content === kind).length;
      expect(Math.abs(count / readable - 0.05), kind).toBeLessThan(0.01);
    }
    expect(fates.filter(({ content, line }) => content !== 'ok' && line === 'duplicate')).not.toEqual([]);
  });

  test('hides the content of a line that cannot be read', () => {
    for (const line of ['missing', 'garbled'] as const) {
      expect(fateOf(1, 0, { [line]: 1, error: 1 })).toEqual({ content: 'ok', line, foreignFollows: false });
    }
  });

  test('repeats with seed and place, and changes with either', () => {
    const some = (seed: number): string =>
      JSON.stringify(Array.from({ length: 100 }, (_, index) => fateOf(seed, index, EVERYTHING)));
    expect(some(3)).toBe(some(3));
    expect(some(3)).not.toBe(some(4));
    expect(new Set(Array.from({ length: 100 }, (_, at) => fateOf(3, at, { error: 0.5 }).content)).size).toBe(
      2,
    );
  });

  test('is the same for the old kinds whatever new ones stand beside them', () => {
    const old = { error: 0.2, truncated: 0.2, missing: 0.2, duplicate: 0.2 };
    for (let index = 0; index < 200; index += 1) {
      const fate = fateOf(5, index, old);
      const more = fateOf(5, index, { ...old, refused: 0.3, conflicting: 0.3 });
      if (fate.line !== 'once') expect(more.line).toBe(fate.line);
      if (fate.content !== 'ok') expect(more.content).toBe(fate.content);
    }
  });
});

test('with everything at once the truth is exactly what is in the file', async () => {
  const input = (['text', 'json', 'schema'] as const)
    .map((form) => linesOf(form, 200).replaceAll('"key":"k', `"key":"${form}-`))
    .join('');
  const options = { damage: EVERYTHING, seed: 11 };
  const [clean, spoilt] = [await runDamaged(input, { seed: 11 }), await runDamaged(input, options)];
  const sent = clean.raw.map((line): string => JSON.parse(line).key);
  const answers = new Map(clean.raw.map((line) => [JSON.parse(line).key, textIn(JSON.parse(line))]));
  const found = new Map<string, Body[]>(sent.map((key) => [key, []]));
  const foreign: string[] = [];
  for (const line of spoilt.raw.filter(isJson).map((text): Body => JSON.parse(text))) {
    if (found.has(line.key)) found.get(line.key)?.push(line);
    else foreign.push(line.key);
  }
  const unreadable = spoilt.raw.filter((line) => !isJson(line)).length;
  const keysWith = (...kinds: readonly string[]): readonly (string | null)[] =>
    spoilt.truth.filter((line) => line.kinds.some((kind) => kinds.includes(kind))).map(({ key }) => key);
  const keysWhere = (test_: (lines: readonly Body[]) => boolean): readonly string[] =>
    sent.filter((key) => test_(found.get(key) ?? []));

  expect(new Set(foreign)).toEqual(new Set(keysWith('foreign')));
  expect(foreign).toHaveLength(keysWith('foreign').length);
  expect(unreadable).toBe(keysWith('garbled').length);
  expect(keysWhere((lines) => lines.length === 0)).toEqual(keysWith('missing', 'garbled'));
  expect(keysWhere((lines) => lines.length === 2)).toEqual(keysWith('duplicate', 'conflicting'));
  const wrong = sent.filter((key) =>
    (found.get(key) ?? []).some((line) => textIn(line) !== answers.get(key)),
  );
  expect(wrong).toEqual(keysWith(...CONTENT_KINDS, 'conflicting'));
  const failed = spoilt.truth.filter(({ kinds }) => kinds.includes('error') || kinds.includes('refused'));
  expect(spoilt.stats.failedRequestCount).toBe(String(failed.length));
  for (const kind of [...CONTENT_KINDS, ...LINE_KINDS]) expect(keysWith(kind), kind).not.toEqual([]);
});

test('the same seed spoils the same lines in the same way', async () => {
  const texts: string[] = [];
  for (const seed of [3, 3, 4]) {
    const { raw, truth } = await runDamaged(linesOf('schema', 100), { seed, damage: EVERYTHING });
    texts.push(JSON.stringify([raw, truth]));
  }
  expect(texts[0]).toBe(texts[1]);
  expect(texts[0]).not.toBe(texts[2]);
});

test('undamaged answers never read like a placeholder', async () => {
  for (const form of ['text', 'json', 'schema'] as const) {
    const { raw } = await runDamaged(linesOf(form, COUNT), {});
    for (const line of raw) {
      expect(line).not.toMatch(/lorem|todo\b|placeholder|insert|tbd|n\/a|\[\w+ \w+\]/iu);
    }
  }
});
