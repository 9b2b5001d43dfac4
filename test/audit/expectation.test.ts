import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createExpectations } from '../../src/audit/expectation.ts';
import { parseLine } from '../../src/input/parse-line.ts';
import type { JsonObject } from '../../src/input/check-line.ts';

const NOTHING = { wantsJson: false, schema: undefined };
const JSON_TYPE = 'application/json';

function requestOf(generationConfig: unknown): JsonObject {
  return { contents: [], generationConfig };
}

/** A request as the audit gets it: its text parsed as Latin-1. */
function fromLine(text: string): JsonObject {
  const parsed = parseLine(Buffer.from(text));
  if (!parsed.ok) throw new Error('the test gave a line that is no JSON');
  return parsed.value as JsonObject;
}

describe('createExpectations()', () => {
  test.for<[string, JsonObject]>([
    ['no configuration', { contents: [] }],
    ['a configuration that is no object', requestOf(['responseMimeType'])],
    ['no type', requestOf({ temperature: 1 })],
    ['plain text', requestOf({ responseMimeType: 'text/plain', responseSchema: { type: 'STRING' } })],
    ['a schema without a type, which the service refuses', requestOf({ responseSchema: { type: 'STRING' } })],
    [
      'an enum without words',
      requestOf({ responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING' } }),
    ],
    ['an enum of nothing', requestOf({ responseMimeType: 'text/x.enum', responseSchema: { enum: [] } })],
    ['an enum of numbers', requestOf({ responseMimeType: 'text/x.enum', responseSchema: { enum: [1] } })],
  ])('asks for nothing: %s', ([, request]) => {
    expect(createExpectations().of(request)).toEqual(NOTHING);
  });

  test.for<[string, JsonObject]>([
    ['camelCase', { generationConfig: { responseMimeType: JSON_TYPE } }],
    ['snake_case', { generation_config: { response_mime_type: JSON_TYPE } }],
    ['a schema that is no object', requestOf({ responseMimeType: JSON_TYPE, responseSchema: 'STRING' })],
    ['a schema of null', requestOf({ responseMimeType: JSON_TYPE, responseSchema: null })],
  ])('asks for any JSON: %s', ([, request]) => {
    expect(createExpectations().of(request)).toEqual({ wantsJson: true, schema: undefined });
  });

  test.for(['responseSchema', 'response_schema', 'responseJsonSchema', 'response_json_schema'])(
    'remembers %s',
    (name) => {
      const expectations = createExpectations();
      const request = requestOf({ responseMimeType: JSON_TYPE, [name]: { type: 'object' } });
      expect(expectations.of(request)).toEqual({ wantsJson: true, schema: 0 });
      expect(expectations.schemaAt(0)).toEqual({ type: 'object' });
    },
  );

  test('reads the form of 2026, in both spellings', () => {
    const expectations = createExpectations();
    const schema = { type: 'object' };
    const camel = requestOf({ responseFormat: { text: { mimeType: 'APPLICATION_JSON', schema } } });
    const snake = {
      generation_config: { response_format: { text: { mime_type: 'APPLICATION_JSON', schema } } },
    };
    expect(expectations.of(camel)).toEqual({ wantsJson: true, schema: 0 });
    expect(expectations.of(snake)).toEqual({ wantsJson: true, schema: 0 });
    for (const responseFormat of [
      { text: { mimeType: 'TEXT_PLAIN', schema } },
      { text: 7 },
      { audio: {} },
      [],
    ])
      expect(expectations.of(requestOf({ responseFormat }))).toEqual(NOTHING);
  });

  test('the same schema is remembered once, another one beside it', () => {
    const expectations = createExpectations();
    const ask = (type: string): unknown =>
      expectations.of(requestOf({ responseMimeType: JSON_TYPE, responseSchema: { type } })).schema;
    expect([ask('OBJECT'), ask('ARRAY'), ask('OBJECT'), ask('ARRAY')]).toEqual([0, 1, 0, 1]);
    expect(expectations.schemaCount).toBe(2);
    expect(expectations.schemaAt(2)).toBeUndefined();
  });

  test('an enum asks for one of its words, without JSON', () => {
    const expectations = createExpectations();
    const responseSchema = { type: 'STRING', enum: ['rain', 'snow'] };
    const expected = expectations.of(requestOf({ responseMimeType: 'text/x.enum', responseSchema }));
    expect(expected).toEqual({ wantsJson: false, schema: 0 });
    expect(expectations.of(requestOf({ responseMimeType: JSON_TYPE, responseSchema }))).toEqual({
      wantsJson: true,
      schema: 0,
    });
  });

  test('a schema is the one that the file means, in letters and in escapes', () => {
    const expectations = createExpectations();
    const names = ['Größe', '大きさ', '😀', 'naïve', 'plain'];
    const line = (properties: string): JsonObject =>
      fromLine(
        `{"generationConfig":{"responseMimeType":"${JSON_TYPE}","responseSchema":{"required":${properties}}}}`,
      );
    const plain = JSON.stringify(names);
    const escaped = plain.replaceAll(
      /[^ -~]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    expect(escaped).toContain('\\u00f6');
    for (const text of [plain, escaped]) {
      const index = expectations.of(line(text)).schema ?? -1;
      expect(expectations.schemaAt(index)).toEqual({ required: names });
    }
  });

  test('beyond 1000 schemas, new ones ask for any JSON and the known ones still count', () => {
    const expectations = createExpectations();
    const ask = (maxItems: number): unknown =>
      expectations.of(requestOf({ responseMimeType: JSON_TYPE, responseSchema: { maxItems } }));
    for (let index = 0; index < 1000; index += 1)
      expect(ask(index)).toEqual({ wantsJson: true, schema: index });
    expect(ask(1000)).toEqual({ wantsJson: true, schema: undefined });
    expect(ask(7)).toEqual({ wantsJson: true, schema: 7 });
    expect(expectations.schemaCount).toBe(1000);
    const responseSchema = { enum: ['new'] };
    expect(expectations.of(requestOf({ responseMimeType: 'text/x.enum', responseSchema }))).toEqual(NOTHING);
  });

  test('a schema above 64 KiB is not remembered', () => {
    const expectations = createExpectations();
    const ask = (letters: number): unknown =>
      expectations.of(
        requestOf({ responseMimeType: JSON_TYPE, responseSchema: { title: 'x'.repeat(letters) } }),
      );
    const frame = JSON.stringify({ title: '' }).length;
    expect(ask(65_536 - frame)).toEqual({ wantsJson: true, schema: 0 });
    expect(ask(65_537 - frame)).toEqual({ wantsJson: true, schema: undefined });
  });

  test('a schema too deep to be written again asks for any JSON', () => {
    const deep: unknown = JSON.parse('{"items":'.repeat(200_000) + '1' + '}'.repeat(200_000));
    const request = requestOf({ responseMimeType: JSON_TYPE, responseSchema: deep });
    expect(createExpectations().of(request)).toEqual({ wantsJson: true, schema: undefined });
  });

  test('never throws, whatever a request holds', () => {
    const config = fc.dictionary(
      fc.constantFrom(
        'responseMimeType',
        'response_mime_type',
        'responseSchema',
        'responseJsonSchema',
        '__proto__',
      ),
      fc.oneof(fc.constantFrom(JSON_TYPE, 'text/x.enum'), fc.jsonValue()),
    );
    fc.assert(
      fc.property(fc.oneof(config, fc.jsonValue()), (generationConfig) => {
        const expectations = createExpectations();
        const { schema } = expectations.of(requestOf(generationConfig));
        if (schema !== undefined) expect(expectations.schemaAt(schema)).toBeTypeOf('object');
      }),
    );
  });
});
