import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadSchemaChecker } from '../../src/audit/check-schema.ts';

async function checkOf(schema: unknown): Promise<(value: unknown) => string | undefined> {
  const check = await loadSchemaChecker({ schemaCount: 1, schemaAt: () => schema });
  return (value) => check(0, value);
}

/** A schema, values that fit it, values that do not. */
type Row = readonly [name: string, schema: unknown, good: readonly unknown[], bad: readonly unknown[]];

const PAIR = {
  type: 'OBJECT',
  properties: {
    refined_question: { type: 'STRING' },
    quality_score: { type: 'INTEGER', minimum: 1, maximum: 10 },
    topic: { type: 'STRING', nullable: true },
  },
  required: ['refined_question', 'quality_score'],
  propertyOrdering: ['refined_question', 'quality_score', 'topic'],
};

const ROWS: readonly Row[] = [
  [
    'an object in capitals',
    PAIR,
    [
      { refined_question: 'Why?', quality_score: 7 },
      { refined_question: 'Why?', quality_score: 7.0, topic: null, more: [1] },
    ],
    [
      { refined_question: 'Why?' },
      { refined_question: 1, quality_score: 7 },
      { refined_question: '', quality_score: 11 },
      [],
      'text',
      null,
    ],
  ],
  [
    'a list of them',
    { type: 'ARRAY', items: PAIR },
    [[], [{ refined_question: 'Why?', quality_score: 7 }]],
    [[{}], {}],
  ],
  ['a type in small letters', { type: 'string' }, ['', 'a'], [1, null, {}]],
  ['a number', { type: 'NUMBER', format: 'float' }, [1, 1.5, -1e300], ['1', true]],
  ['an integer', { type: 'INTEGER', format: 'int32' }, [1, 1.0, -3, 0, 1e20, 2 ** 53 + 2], [1.5, '1']],
  ['a boolean', { type: 'BOOLEAN' }, [true, false], ['true', 0]],
  ['null', { type: 'NULL' }, [null], [1, 'null']],
  ['nullable', { type: 'STRING', nullable: true }, ['a', null], [1]],
  ['two types', { type: ['string', 'null'] }, ['a', null], [1]],
  ['three types', { type: ['string', 'integer', 'null'] }, ['a', 1, null], [1.5, []]],
  ['an enum', { type: 'STRING', format: 'enum', enum: ['rain', 'snow'] }, ['rain', 'snow'], ['hail', '', 1]],
  ['an enum that may be null', { type: 'STRING', enum: ['rain'], nullable: true }, ['rain', null], ['hail']],
  ['an enum of numbers as strings', { type: 'INTEGER', enum: ['1', '2'] }, [1, 2, 3], ['1']],
  ['an enum of numbers', { type: 'integer', enum: [1, 2] }, [1, 2], [3, '1']],
  ['an enum of objects', { enum: [{ a: 1 }] }, [{ a: 1 }, {}], []],
  ['a constant', { const: 'a' }, ['a'], ['b']],
  ['counts as strings', { type: 'ARRAY', minItems: '1', maxItems: '2' }, [[1], [1, 2]], [[], [1, 2, 3]]],
  ['counts in snake_case', { type: 'ARRAY', min_items: '1' }, [[1]], [[]]],
  [
    'a length in characters',
    { type: 'STRING', maxLength: '2', minLength: 1 },
    ['a', '😀😀'],
    ['', 'abc', '😀😀😀'],
  ],
  ['properties counted', { type: 'OBJECT', minProperties: 1 }, [{ a: 1 }], [{}]],
  ['a format', { type: 'STRING', format: 'date-time' }, ['2024-05-17T10:00:00Z', 'yesterday'], [1]],
  ['a pattern', { type: 'STRING', pattern: String.raw`^(?i)\p{L}+$` }, ['a', '1'], [1]],
  [
    'anyOf',
    { anyOf: [{ type: 'STRING' }, { type: 'OBJECT', properties: { a: { type: 'NUMBER' } } }] },
    ['a', {}, { a: 1 }],
    [1, { a: '1' }],
  ],
  ['anyOf of nothing', { type: 'string', anyOf: [] }, ['a'], [1]],
  ['any_of', { any_of: [{ type: 'STRING' }] }, ['a'], [1]],
  ['oneOf, of which two may fit', { oneOf: [{ type: 'number' }, { type: 'integer' }] }, [1, 1.5], ['a']],
  [
    'anyOf beside properties',
    { type: 'object', properties: { a: {} }, anyOf: [{ required: ['a'] }] },
    [{}, { a: 1 }],
    [1],
  ],
  [
    'allOf around a reference',
    { allOf: [{ $ref: '#/definitions/A' }], definitions: { A: { type: 'string' } } },
    ['a'],
    [1],
  ],
  ['allOf of several', { allOf: [{ type: 'string' }, { minLength: 3 }] }, ['a', 1], []],
  ['a definition', { $ref: '#/$defs/A', $defs: { A: { type: 'string' } } }, ['a'], [1]],
  [
    'a schema that refers to itself',
    {
      type: 'object',
      properties: { name: { type: 'string' }, parts: { type: 'array', items: { $ref: '#' } } },
      required: ['name'],
    },
    [{ name: 'a' }, { name: 'a', parts: [{ name: 'b', parts: [] }] }],
    [{}, { name: 'a', parts: [{}] }],
  ],
  ['a reference to elsewhere', { $ref: 'https://example.org/schema.json' }, [1, 'a'], []],
  [
    'a reference to nothing',
    { type: 'object', properties: { a: { $ref: '#/$defs/None' } } },
    [{ a: 1 }, {}],
    [1],
  ],
  [
    'a reference that leads back to itself',
    { $ref: '#/$defs/A', $defs: { A: { $ref: '#/$defs/A' } } },
    [1, 'a'],
    [],
  ],
  [
    'a reference to a place',
    { type: 'object', properties: { a: { type: 'string' }, b: { $ref: '#/properties/a' } } },
    [{ b: 1 }],
    [{ a: 1 }],
  ],
  [
    'others forbidden',
    { type: 'object', properties: { a: {} }, additionalProperties: false },
    [{}, { a: 1 }],
    [{ b: 1 }],
  ],
  [
    'others of a type',
    { type: 'object', additionalProperties: { type: 'number' }, properties: {} },
    [{}, { a: 1 }],
    [{ a: 'b' }],
  ],
  [
    'others by a pattern',
    { type: 'object', properties: {}, patternProperties: { '^a': {} }, additionalProperties: false },
    [{ a: 1 }],
    [1],
  ],
  [
    'a tuple',
    { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] },
    [[], ['a'], ['a', 1, true]],
    [[1], ['a', 'b']],
  ],
  [
    'a default',
    { type: 'object', properties: { a: { type: 'string', default: 'b' } }, required: ['a'] },
    [{ a: 'c' }],
    [{}],
  ],
  [
    'a required name that no property describes',
    { type: 'object', properties: {}, required: ['a'] },
    [{}, { a: 1 }],
    [1],
  ],
  [
    'names that every object inherits',
    { type: 'object', properties: { constructor: { type: 'string' }, toString: { type: 'string' } } },
    [{}, { constructor: 'a' }],
    [],
  ],
  ['a negation', { not: { type: 'string' } }, ['a', 1], []],
  ['a condition', { type: 'object', if: { minProperties: 1 }, else: { required: ['a'] } }, [{}], [1]],
  ['an unknown keyword', { type: 'string', mystery: 1 }, ['a'], [1]],
  ['an unknown type', { type: 'TYPE_UNSPECIFIED' }, ['a', 1, null], []],
  ['an unknown type among known ones', { type: ['string', 'date'] }, ['a', 1], []],
  ['no keyword', {}, ['a', 1, null], []],
  ['true', true, ['a'], []],
  ['false', false, ['a'], []],
  ['no schema', undefined, ['a'], []],
  ['a list', [{ type: 'string' }], [1], []],
  [
    'wrong types everywhere',
    { type: 7, properties: [], required: 'a', enum: 'b', anyOf: {}, minItems: [] },
    [1, 'a'],
    [],
  ],
];

describe('loadSchemaChecker()', () => {
  test.for(ROWS)('%s', async ([, schema, good, bad]) => {
    const check = await checkOf(schema);
    for (const value of good) expect({ value, fault: check(value) }).toEqual({ value, fault: undefined });
    for (const value of bad)
      expect({ value, fault: check(value) }).toEqual({ value, fault: expect.any(String) });
  });

  test('names the path and never what stands there', async () => {
    const check = await checkOf({
      type: 'OBJECT',
      properties: { pairs: { type: 'ARRAY', items: PAIR } },
      additionalProperties: { type: 'NUMBER' },
    });
    const pairs = (pair: unknown): unknown => ({
      pairs: [{ refined_question: 'Why?', quality_score: 1 }, pair],
    });
    expect(check([])).toBe('the answer is of another type than the schema says');
    expect(check(pairs({ refined_question: 'secret' }))).toBe('pairs[1].quality_score is missing');
    expect(check(pairs({ refined_question: ['secret'], quality_score: 1 }))).toBe(
      'pairs[1].refined_question is of another type than the schema says',
    );
    expect(check(pairs({ refined_question: 'secret', quality_score: 0 }))).toBe(
      'pairs[1].quality_score is smaller than the schema allows',
    );
    expect(check({ 'a secret name': 'secret' })).toBe('* is of another type than the schema says');
  });

  test('says so when a property is forbidden, without its name', async () => {
    const check = await checkOf({ type: 'object', properties: { a: {} }, additionalProperties: false });
    expect(check({ secret: 1 })).toBe('the answer has a property that the schema forbids');
  });

  test('says so when no form and no value fits', async () => {
    const form = await checkOf({ anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] });
    expect(form(true)).toBe('the answer fits none of the forms that the schema allows');
    const value = await checkOf({ type: 'STRING', enum: ['rain', 'snow'] });
    expect(value('hail')).toBe('the answer is none of the values that the schema allows');
    const most = await checkOf({ type: 'ARRAY', maxItems: '1' });
    expect(most([1, 2])).toBe('the answer is larger than the schema allows');
    const whole = await checkOf({ type: 'INTEGER' });
    expect(whole(1.5)).toBe('the answer does not fit the schema');
  });

  test('compiles a schema once', async () => {
    let asked = 0;
    const check = await loadSchemaChecker({
      schemaCount: 1,
      schemaAt() {
        asked += 1;
        return { type: 'string' };
      },
    });
    expect([check(0, 1), check(0, 'a'), check(0, 'b')]).toEqual([expect.any(String), undefined, undefined]);
    expect(asked).toBe(1);
  });

  test('lets everything pass when there is no schema at all, and for an index that is none', async () => {
    const none = await loadSchemaChecker({ schemaCount: 0, schemaAt: () => ({ type: 'string' }) });
    expect(none(0, 1)).toBeUndefined();
    const one = await loadSchemaChecker({ schemaCount: 1, schemaAt: () => undefined });
    expect(one(7, 1)).toBeUndefined();
  });

  test('survives a schema and an answer that are deeper than the stack', async () => {
    const deepSchema: unknown = JSON.parse('{"type":"array","items":'.repeat(9000) + '{}' + '}'.repeat(9000));
    const deepAnswer: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
    expect((await checkOf(deepSchema))(deepAnswer)).toBeUndefined();
    const self = await checkOf({ type: 'array', items: { $ref: '#' } });
    expect(self([[], [[]]])).toBeUndefined();
    expect(self(deepAnswer)).toBeUndefined();
  });

  test('never finds fault with what another validator lets pass', async () => {
    const leaf = fc.constantFrom<Record<string, unknown>>(
      { type: 'string' },
      { type: 'integer' },
      { type: 'number', minimum: 0 },
      { type: 'boolean' },
      { type: 'null' },
      { enum: ['a', 'b', null] },
      { type: ['string', 'null'], minLength: 1 },
      {},
    );
    const schema = fc.letrec<{ any: Record<string, unknown> }>((tie) => ({
      any: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        tie('any').map((items) => ({ type: 'array', items, maxItems: 3 })),
        fc
          .record({ a: tie('any'), b: tie('any') })
          .map((properties) => ({ type: 'object', properties, required: ['a'] })),
        fc.array(tie('any'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
        tie('any').map((a) => ({ type: 'object', properties: { a }, additionalProperties: false })),
      ),
    })).any;
    const value = fc.letrec<{ any: unknown }>((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<unknown>('a', 'b', '', 1, 1.5, -1, null, true),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('any')),
      ),
    })).any;
    const ajv = new Ajv({ strict: false });
    let passed = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(schema, fc.array(value, { minLength: 10, maxLength: 10 }), async (asked, answers) => {
        const check = await checkOf(asked);
        const isValid = ajv.compile(asked);
        for (const answer of answers) {
          const isGood = isValid(answer);
          if (isGood) passed += 1;
          else refused += 1;
          expect(check(answer) === undefined).toBe(isGood);
        }
      }),
      { numRuns: 300 },
    );
    expect(Math.min(passed, refused), 'both kinds were tried').toBeGreaterThan(100);
  });

  test('never throws, whatever schema and answer come', async () => {
    const keyword = fc.constantFrom(
      'type',
      'properties',
      'items',
      'anyOf',
      'allOf',
      '$ref',
      '$defs',
      'enum',
      'const',
      'required',
      'nullable',
      'additionalProperties',
      'prefixItems',
      'minItems',
      'maxLength',
      'minimum',
      '__proto__',
    );
    const { any } = fc.letrec<{ any: unknown }>((tie) => ({
      any: fc.oneof(
        fc.constantFrom('OBJECT', 'string', 'ARRAY', 'integer', '#', '#/$defs/__proto__', '#/$defs/type'),
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(keyword, tie('any'), { maxKeys: 4 }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(any, fc.jsonValue(), async (schema, answer) => {
        const check = await checkOf(schema);
        expect(['string', 'undefined']).toContain(typeof check(answer));
      }),
      { numRuns: 500 },
    );
  });
});
