import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { schemaAnswer } from '../../src/emulator/schema-answer.ts';
import { breakSchema } from '../../src/emulator/schema-break.ts';
import { fitsSchema } from '../../src/emulator/schema-fit.ts';
import { createRandom } from '../../src/emulator/random.ts';
import type { Body } from './support/api-client.ts';
import { startTestBed } from './support/emulator.ts';

/** JSON Schemas, so that another judge than the emulator can look at the answers. */
const SCHEMAS: Readonly<Record<string, Body>> = {
  'a string': { type: 'string' },
  'a short string': { type: 'string', minLength: 3, maxLength: 5 },
  'a long string': { type: 'string', minLength: 200 },
  'an enum': { type: 'string', enum: ['red', 'green'] },
  'a number in a range': { type: 'number', minimum: 0, maximum: 1 },
  'a number between': { type: 'number', exclusiveMinimum: -2, exclusiveMaximum: -1.5 },
  'an integer in a range': { type: 'integer', minimum: 7, maximum: 9 },
  'an integer between': { type: 'integer', exclusiveMinimum: 7, exclusiveMaximum: 9 },
  'an integer under a limit': { type: 'integer', maximum: -5 },
  'a boolean': { type: 'boolean' },
  nothing: { type: 'null' },
  'one of several types': { type: ['string', 'null'] },
  'three of something': { type: 'array', items: { type: 'integer' }, minItems: 3 },
  'at most one': { type: 'array', items: { type: 'string' }, maxItems: 1 },
  'an alternative': {
    anyOf: [{ type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }, { type: 'null' }],
  },
  nested: {
    type: 'object',
    properties: {
      pairs: {
        type: 'array',
        minItems: 2,
        items: {
          type: 'object',
          properties: { id: { type: 'integer' }, text: { type: 'string' }, is_new: { type: 'boolean' } },
          required: ['id', 'text'],
          additionalProperties: false,
        },
      },
      note: { anyOf: [{ type: 'string' }, { type: 'number' }] },
    },
    required: ['pairs', 'note'],
  },
  recursive: {
    $ref: '#/$defs/node',
    $defs: {
      node: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          children: { type: 'array', items: { $ref: '#/$defs/node' } },
        },
        required: ['name', 'children'],
      },
    },
  },
};

const ajv = new Ajv({ strict: false });

test.for(Object.entries(SCHEMAS))('%s is answered to its schema, and broken where asked', ([, schema]) => {
  const validate = ajv.compile(schema);
  for (let seed = 0; seed < 30; seed += 1) {
    const answer = schemaAnswer(schema, seed);
    expect(validate(answer), JSON.stringify([answer, validate.errors])).toBe(true);
    expect(fitsSchema(answer, schema), JSON.stringify(answer)).toBe(true);
    expect(schemaAnswer(schema, seed)).toEqual(answer);
    const broken = breakSchema(answer, schema, createRandom(seed));
    expect(broken).toBeDefined();
    expect(validate(broken), JSON.stringify(broken)).toBe(false);
  }
});

test('an empty schema allows everything, so nothing can break it', () => {
  expect(breakSchema({ a: 1 }, {}, createRandom(1))).toBeUndefined();
});

test.for([
  [{ type: 'STRING' }, 7],
  [{ type: 'STRING' }, null],
  [{ type: 'INTEGER' }, 1.5],
  [{ type: 'NUMBER', maximum: 1 }, 2],
  [{ type: 'NUMBER', minimum: 1 }, 0],
  [{ type: 'ARRAY', minItems: '2' }, [1]],
  [{ type: 'ARRAY', maxItems: 1 }, [1, 2]],
  [{ type: 'ARRAY', items: { type: 'STRING' } }, ['a', 1]],
  [{ type: 'OBJECT', required: ['a'] }, { b: 1 }],
  [{ enum: ['a'] }, 'b'],
  [{ type: 'number', exclusiveMinimum: 1 }, 1],
  [{ type: 'number', exclusiveMaximum: 1 }, 1],
  [{ type: 'object', properties: { a: {} }, additionalProperties: false }, { b: 1 }],
  [{ any_of: [{ type: 'STRING' }, { type: 'BOOLEAN' }] }, 1],
] as const)('%o does not fit %o', ([schema, value]) => {
  expect(fitsSchema(value, schema)).toBe(false);
});

test('an array of free length has two members', () => {
  expect(schemaAnswer({ type: 'array', items: { type: 'integer' } }, 1)).toHaveLength(2);
});

test('what is broken has a wrong type, not only a wrong value', () => {
  const schema = {
    type: 'object',
    properties: { mood: { enum: ['a', 'b'], type: 'string' }, rank: { type: 'integer', maximum: 3 } },
  };
  for (let seed = 0; seed < 30; seed += 1) {
    const broken = breakSchema({ mood: 'a', rank: 1 }, schema, createRandom(seed));
    expect(broken).not.toEqual({ mood: expect.any(String), rank: expect.any(Number) });
  }
});

test('null fits where it is allowed', () => {
  expect(fitsSchema(null, { type: 'STRING', nullable: true })).toBe(true);
  expect(fitsSchema(null, { anyOf: [{ type: 'string' }, { type: 'null' }] })).toBe(true);
});

async function answerTo(text: string, member: string, config: Body): Promise<Body> {
  const { api } = await startTestBed();
  const body = { contents: [{ parts: [{ text }] }], [member]: config };
  const { body: response } = await api.post('/v1beta/models/gemini-2.5-flash:generateContent', body);
  return JSON.parse(response.candidates[0].content.parts[0].text);
}

const CAPITALS = {
  type: 'OBJECT',
  properties: {
    verdict: { type: 'STRING', enum: ['yes', 'no'] },
    reasons: { type: 'ARRAY', items: { type: 'STRING' }, minItems: '3' },
  },
  required: ['verdict', 'reasons'],
};
const JSON_FORM = {
  type: 'object',
  properties: { verdict: { enum: ['yes', 'no'] }, reasons: { type: 'array', minItems: 3 } },
};

test.for([
  ['generationConfig', { responseMimeType: 'application/json', responseSchema: CAPITALS }],
  ['generationConfig', { responseMimeType: 'application/json', responseJsonSchema: JSON_FORM }],
  ['generation_config', { response_mime_type: 'application/json', response_schema: CAPITALS }],
  ['generation_config', { response_mime_type: 'application/json', response_json_schema: JSON_FORM }],
] as const)('a request finds its schema in %s %o', async ([member, config]) => {
  const answer = await answerTo('Is it?', member, config);
  expect(['yes', 'no']).toContain(answer.verdict);
  expect(answer.reasons).toHaveLength(3);
  expect(await answerTo('Is it?', member, config)).toEqual(answer);
  expect(await answerTo('Is it not?', member, config)).not.toEqual(answer);
});

test('pairs are refined as ever when the schema allows it', async () => {
  const prompt = 'Q1: What is it\nA1: A thing\nQ2: Why is it\nA2: For fun\n';
  const item = {
    type: 'OBJECT',
    properties: { refined_answer: { type: 'STRING' } },
    required: ['refined_answer'],
  };
  const asked = { responseMimeType: 'application/json', responseSchema: { type: 'ARRAY', items: item } };
  expect(
    (await answerTo(prompt, 'generationConfig', asked)).map(({ refined_answer }: Body) => refined_answer),
  ).toEqual(['A thing.', 'For fun.']);
  const other = { responseMimeType: 'application/json', responseSchema: CAPITALS };
  expect(await answerTo(prompt, 'generationConfig', other)).toHaveProperty('verdict');
});
