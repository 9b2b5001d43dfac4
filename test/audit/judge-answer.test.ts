import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadSchemaChecker } from '../../src/audit/check-schema.ts';
import { createExpectations } from '../../src/audit/expectation.ts';
import { judgeAnswer } from '../../src/audit/judge-answer.ts';
import { expectationIn, wishOf } from '../../src/audit/row-table.ts';
import type { JsonObject } from '../../src/input/check-line.ts';
import { NO_USAGE } from '../../src/model/answer.ts';

const TEXT = 'The dam was built in 1911.';
const WANTS_JSON = { wantsJson: true, schema: undefined };

function partsLine(parts: unknown, candidate: JsonObject = { finishReason: 'STOP' }): JsonObject {
  return { key: 'a', response: { candidates: [{ content: { parts, role: 'model' }, ...candidate }] } };
}

const textLine = (text: string, candidate?: JsonObject): JsonObject => partsLine([{ text }], candidate);
const kindOf = (line: JsonObject): string => judgeAnswer(line, undefined).judgement.kind;

describe('an error', () => {
  test.for<[JsonObject, JsonObject]>([
    [
      { code: 4, message: 'Deadline expired.' },
      { code: 4, reason: 'DEADLINE_EXCEEDED', message: 'Deadline expired.', isPermanent: false },
    ],
    [{ code: '3' }, { code: 3, reason: 'INVALID_ARGUMENT', isPermanent: true }],
    [
      { status: 'UNAVAILABLE', message: 'Try later.' },
      { reason: 'UNAVAILABLE', message: 'Try later.', isPermanent: false },
    ],
    [
      { code: 400, status: 'FAILED_PRECONDITION' },
      { code: 400, reason: 'FAILED_PRECONDITION', isPermanent: true },
    ],
    [
      { code: 400, status: 'SOME_NEW_WORD' },
      { code: 400, reason: 'SOME_NEW_WORD', isPermanent: true },
    ],
    [
      { code: 13, status: 'not a word at all' },
      { code: 13, reason: 'INTERNAL', isPermanent: false },
    ],
    [
      { code: 13, message: '  two\n\u001b[31m lines ' },
      { code: 13, reason: 'INTERNAL', message: 'two [31m lines', isPermanent: false },
    ],
    [{ code: 77 }, { code: 77, isPermanent: false }],
    [{ code: 1.5, message: 7, status: [] }, { isPermanent: false }],
    [{}, { isPermanent: false }],
  ])('%j is judged %j', ([error, judgement]) => {
    const judged = judgeAnswer({ key: 'a', error }, undefined);
    expect(judged.judgement).toEqual({ kind: 'error', ...judgement });
    expect(judged).toMatchObject({ usage: NO_USAGE, text: undefined });
  });

  test.for([3, 5, 7, 9, 11, 12, 16, 400, 401, 403, 404, 501])('code %i comes to the same again', (code) => {
    expect(judgeAnswer({ error: { code } }, undefined).judgement.isPermanent).toBe(true);
  });

  test.for([0, 1, 2, 4, 6, 8, 10, 13, 14, 15, 17, 408, 409, 429, 499, 500, 503, 504])(
    'code %i may pass next time',
    (code) => {
      expect(judgeAnswer({ error: { code } }, undefined).judgement.isPermanent).toBe(false);
    },
  );

  test('a text is the message of one', () => {
    const judgement = { kind: 'error', message: 'quota', isPermanent: false };
    expect(judgeAnswer({ error: 'quota' }, undefined).judgement).toEqual(judgement);
    expect(judgeAnswer({ error: 'quota', response: 7 }, undefined).judgement).toEqual(judgement);
  });

  test.for<JsonObject>([
    { key: 'a' },
    { key: 'a', response: null },
    { error: null },
    { error: [], response: null },
  ])('no response at all is one: %j', (line) => {
    expect(judgeAnswer(line, undefined).judgement).toMatchObject({ kind: 'error', reason: 'no_response' });
  });

  test('counts beside a response that holds nothing, and not beside one that does', () => {
    const error = { code: 8 };
    expect(kindOf({ error, response: {} })).toBe('error');
    expect(kindOf({ error, response: { candidates: [], usageMetadata: { promptTokenCount: 3 } } })).toBe(
      'error',
    );
    expect(kindOf({ response: { error } })).toBe('error');
    expect(kindOf({ ...textLine(TEXT), error })).toBe('answered');
    expect(kindOf({ response: { embedding: { values: [1] } }, error })).toBe('answered');
    expect(kindOf({ response: { promptFeedback: { blockReason: 'SAFETY' } }, error })).toBe('blocked');
    expect(kindOf({ ...textLine(TEXT), error: '' })).toBe('answered');
    expect(kindOf({ error: null, response: {} })).toBe('empty');
  });

  test('has a message of at most 300 letters, and never half a letter', () => {
    const messageOf = (message: string): string | undefined =>
      judgeAnswer({ error: { code: 3, message } }, undefined).judgement.message;
    expect(messageOf('x'.repeat(300))).toBe('x'.repeat(300));
    expect(messageOf('x'.repeat(301))).toBe(`${'x'.repeat(299)}…`);
    expect(messageOf(`${'x'.repeat(298)}😀😀`)).toBe(`${'x'.repeat(298)}…`);
    expect(messageOf(' \n ')).toBeUndefined();
  });
});

describe('how an answer ended', () => {
  test.for(['STOP', 'FINISH_REASON_UNSPECIFIED', '', undefined, null])('%j is fine', (finishReason) => {
    expect(judgeAnswer(textLine(TEXT, { finishReason }), undefined).judgement).toEqual({ kind: 'answered' });
  });

  test.for([
    'SAFETY',
    'RECITATION',
    'BLOCKLIST',
    'PROHIBITED_CONTENT',
    'SPII',
    'IMAGE_SAFETY',
    'IMAGE_PROHIBITED_CONTENT',
    'IMAGE_RECITATION',
    'MODEL_ARMOR',
  ])('%s is blocked, for this time', (finishReason) => {
    for (const line of [textLine(TEXT, { finishReason }), textLine('', { finish_reason: finishReason })]) {
      expect(judgeAnswer(line, undefined).judgement).toMatchObject({
        kind: 'blocked',
        reason: finishReason,
        isPermanent: false,
      });
    }
  });

  test.for([
    'OTHER',
    'MALFORMED_FUNCTION_CALL',
    'LANGUAGE',
    'NO_IMAGE',
    'UNEXPECTED_TOOL_CALL',
    'A_NEW_WORD',
    'stop',
  ])('%s is unfinished', (finishReason) => {
    expect(judgeAnswer(textLine(TEXT, { finishReason }), undefined).judgement).toMatchObject({
      kind: 'unfinished',
      reason: finishReason,
    });
  });

  test.for([7, true, {}, ['STOP'], 'A sentence of content'])(
    '%j is unfinished, and not repeated',
    (finishReason) => {
      const { judgement } = judgeAnswer(textLine(TEXT, { finishReason }), undefined);
      expect(judgement).toMatchObject({ kind: 'unfinished', reason: undefined });
    },
  );

  test('MAX_TOKENS is truncated, and says when it was thoughts that used them', () => {
    const line = textLine(TEXT, { finishReason: 'MAX_TOKENS' });
    expect(judgeAnswer(line, WANTS_JSON).judgement).toEqual({
      kind: 'truncated',
      reason: 'MAX_TOKENS',
      message: 'cut off at the limit of output tokens',
    });
    const thinking = {
      response: { candidates: [{ finishReason: 'MAX_TOKENS' }], usageMetadata: { thoughtsTokenCount: 8192 } },
    };
    expect(judgeAnswer(thinking, undefined).judgement).toMatchObject({
      kind: 'truncated',
      message: 'thoughts used up the limit of output tokens',
    });
  });

  test('of several candidates the first good one counts', () => {
    const bad = { finishReason: 'SAFETY' };
    const good = { content: { parts: [{ text: TEXT }] } };
    expect(judgeAnswer({ response: { candidates: [bad, good] } }, undefined)).toMatchObject({
      judgement: { kind: 'answered' },
      text: TEXT,
    });
    const candidates = [{ finishReason: 'MAX_TOKENS' }, bad];
    expect(kindOf({ response: { candidates } })).toBe('truncated');
  });
});

describe('a prompt that was refused', () => {
  test.for<JsonObject>([
    { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } },
    { prompt_feedback: { block_reason: 'PROHIBITED_CONTENT' }, candidates: [] },
    { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, candidates: [{ finishReason: 'SAFETY' }] },
  ])('comes to the same again: %j', (response) => {
    expect(judgeAnswer({ response }, undefined).judgement).toMatchObject({
      kind: 'blocked',
      reason: 'PROHIBITED_CONTENT',
      isPermanent: true,
    });
  });

  test('is not one with an answer, and not one without a reason', () => {
    const promptFeedback = { blockReason: 'OTHER' };
    expect(
      kindOf({ response: { promptFeedback, candidates: [{ content: { parts: [{ text: TEXT }] } }] } }),
    ).toBe('answered');
    for (const blockReason of ['BLOCK_REASON_UNSPECIFIED', 'BLOCKED_REASON_UNSPECIFIED', '', 7, undefined])
      expect(kindOf({ response: { promptFeedback: { blockReason } } })).toBe('empty');
  });
});

describe('what counts as content', () => {
  test.for<[string, unknown]>([
    ['no parts', undefined],
    ['parts that are no list', { text: TEXT }],
    ['an empty list', []],
    ['no text', [{}]],
    ['blank text', [{ text: ' \n\t' }, { text: '' }]],
    ['thoughts alone', [{ text: TEXT, thought: true }]],
    ['a picture in a thought', [{ inlineData: { data: 'AA==' }, thought: true }]],
    ['a signature', [{ thoughtSignature: 'AA==' }]],
    ['a picture that is none', [{ inlineData: null }]],
    ['text of another type', [{ text: 7 }]],
    ['parts of another type', [null, 7, 'text', []]],
  ])('%s is empty', ([, parts]) => {
    expect(judgeAnswer(partsLine(parts), WANTS_JSON).judgement).toMatchObject({
      kind: 'empty',
      reason: 'STOP',
    });
  });

  test.for<JsonObject>([
    { response: {} },
    { response: [] },
    { response: 'text' },
    { response: { candidates: [] } },
    { response: { candidates: {} } },
    { response: { candidates: [null, 7] } },
    { response: { candidates: [{}] } },
    { response: { candidates: [{ content: [] }] } },
  ])('%j is empty', (line) => {
    expect(kindOf(line)).toBe('empty');
  });

  test.for([
    'inlineData',
    'inline_data',
    'fileData',
    'functionCall',
    'function_call',
    'functionResponse',
    'executableCode',
    'codeExecutionResult',
    'code_execution_result',
  ])('%s is content, and no JSON is asked of it', (name) => {
    expect(judgeAnswer(partsLine([{ [name]: {} }]), WANTS_JSON)).toMatchObject({
      judgement: { kind: 'answered' },
      text: undefined,
    });
    expect(judgeAnswer(partsLine([{ text: 'A remark.' }, { [name]: {} }]), WANTS_JSON)).toMatchObject({
      judgement: { kind: 'answered' },
      text: 'A remark.',
    });
  });

  test('text is joined without the thoughts', () => {
    const parts = [
      { text: 'Let me see.', thought: true },
      { text: 'The dam ' },
      { text: 'holds.', thought: false },
    ];
    expect(judgeAnswer(partsLine(parts), undefined).text).toBe('The dam holds.');
  });
});

describe('JSON that was asked for', () => {
  const judge = (text: string): unknown => judgeAnswer(textLine(text), WANTS_JSON).judgement;

  test.for(['{}', ' [1]\n', '42', '"text"', 'null', '{"a":{"b":[true]}}'])('%j is JSON', (text) => {
    expect(judge(text)).toEqual({ kind: 'answered' });
  });

  test.for([TEXT, '{"a":', "{'a': 1}", '{"a":1} and more', '{"a":1}{"b":2}', 'NaN'])('%j is not', (text) => {
    expect(judge(text)).toEqual({
      kind: 'invalid_json',
      reason: 'not_json',
      message: 'the answer is not JSON',
    });
    expect(kindOf(textLine(text))).toBe('answered');
  });

  test.for(['```json\n{}\n```', '\n```\n[]\n```\n'])('%j stands in a fence', (text) => {
    expect(judge(text)).toMatchObject({ kind: 'invalid_json', reason: 'fenced' });
  });

  test('is held against the schema', async () => {
    const check = await loadSchemaChecker({
      schemaCount: 1,
      schemaAt: () => ({ type: 'OBJECT', properties: { answer: { type: 'STRING' } }, required: ['answer'] }),
    });
    const expectation = { wantsJson: true, schema: 0 };
    const judgeIt = (text: string): unknown => judgeAnswer(textLine(text), expectation, check).judgement;
    expect(judgeIt('{"answer":"Mud."}')).toEqual({ kind: 'answered' });
    expect(judgeIt('{"text":"Mud."}')).toEqual({
      kind: 'invalid_json',
      reason: 'schema',
      message: 'answer is missing',
    });
    expect(judgeAnswer(textLine('{}'), expectation).judgement, 'without a checker').toEqual({
      kind: 'answered',
    });
  });

  test('one word of an enum is held against its words', async () => {
    const check = await loadSchemaChecker({
      schemaCount: 1,
      schemaAt: () => ({ type: 'STRING', enum: ['rain', 'snow', 'TBD'] }),
    });
    const expectation = { wantsJson: false, schema: 0 };
    expect(judgeAnswer(textLine('TBD'), expectation, check).judgement).toEqual({ kind: 'answered' });
    expect(judgeAnswer(textLine('snow\n'), expectation, check).judgement).toEqual({ kind: 'answered' });
    expect(judgeAnswer(textLine('hail'), expectation, check).judgement).toMatchObject({
      kind: 'invalid_json',
      reason: 'enum',
    });
  });
});

describe('a placeholder', () => {
  test('is found only after all else is fine', () => {
    const text = '[insert answer here]';
    expect(judgeAnswer(textLine(text), undefined)).toEqual({
      judgement: {
        kind: 'placeholder',
        reason: 'template',
        message: 'a placeholder stands where an answer should',
      },
      usage: NO_USAGE,
      text,
    });
    expect(kindOf(textLine(text, { finishReason: 'MAX_TOKENS' }))).toBe('truncated');
    expect(judgeAnswer(textLine(text), WANTS_JSON).judgement.kind).toBe('invalid_json');
    expect(judgeAnswer(textLine('{"answer":"TBD"}'), WANTS_JSON).judgement).toMatchObject({
      kind: 'placeholder',
      reason: 'todo',
    });
  });
});

describe('an embedding', () => {
  test.for<[JsonObject, string]>([
    [{ embedding: { values: [0.1, -2, 0] } }, 'answered'],
    [{ embeddings: [{ values: [1] }, { values: [2] }] }, 'answered'],
    [{ values: [1] }, 'answered'],
    [{ candidates: [], embedding: { values: [1] } }, 'answered'],
    [{ embedding: { values: [] } }, 'empty'],
    [{ embedding: {} }, 'empty'],
    [{ embedding: null }, 'empty'],
    [{ embeddings: [] }, 'empty'],
    [{ embeddings: 7 }, 'empty'],
    [{ embeddings: [{ values: [1] }, {}] }, 'empty'],
    [{ embedding: { values: [1, null] } }, 'empty'],
    [{ embedding: { values: ['1'] } }, 'empty'],
    [{ embedding: { values: [Infinity] } }, 'empty'],
  ])('%j is %s, whatever form was asked for', ([response, kind]) => {
    const judged = judgeAnswer({ response }, WANTS_JSON);
    expect(judged.judgement.kind).toBe(kind);
    expect(judged.text).toBeUndefined();
  });

  test('says what is wrong with it', () => {
    const judge = (values: unknown): unknown =>
      judgeAnswer({ response: { embedding: { values } } }, undefined).judgement;
    expect(judge([])).toEqual({
      kind: 'empty',
      reason: 'no_vector',
      message: 'the embedding holds no numbers',
    });
    expect(judge([0, 0])).toEqual({
      kind: 'empty',
      reason: 'zero',
      message: 'the embedding is zero in every dimension',
    });
    expect(judge([1, 'a'])).toMatchObject({ kind: 'empty', reason: 'no_vector' });
  });

  test('has as many numbers as the request asked for', () => {
    const judge = (values: readonly number[], request: JsonObject): unknown =>
      judgeAnswer({ response: { embedding: { values } } }, createExpectations().of(request)).judgement;
    const content = { parts: [{ text: 'a' }] };
    for (const request of [
      { content, outputDimensionality: 3 },
      { content, output_dimensionality: 3 },
      { content, embedContentConfig: { outputDimensionality: 3 } },
    ]) {
      expect(judge([1, 2, 3], request)).toEqual({ kind: 'answered' });
      expect(judge([1, 2], request)).toEqual({
        kind: 'empty',
        reason: 'dimensions',
        message: 'the embedding has 2 dimensions where 3 were asked for',
      });
    }
    expect(judge([1, 2], { content })).toEqual({ kind: 'answered' });
  });

  test('keeps what was asked for in a number of 16 bits', () => {
    for (const dimensions of [1, 768, 3072, 12_288]) {
      const wish = wishOf({ wantsJson: false, schema: undefined, dimensions });
      expect(wish + 1).toBeLessThan(65_536);
      expect(expectationIn(wish + 1).dimensions).toBe(dimensions);
    }
    const lastSchema = { wantsJson: true, schema: 999 };
    expect(expectationIn(wishOf(lastSchema))).toEqual(lastSchema);
  });

  test('counts its tokens in either of two ways', () => {
    const embedding = { values: [1] };
    expect(judgeAnswer({ response: { embedding, tokenCount: '12' } }, undefined).usage).toEqual({
      ...NO_USAGE,
      prompt: 12,
    });
    expect(
      judgeAnswer({ response: { embedding, usageMetadata: { promptTokenCount: 7 } } }, undefined).usage,
    ).toEqual({ ...NO_USAGE, prompt: 7 });
  });
});

describe('usage', () => {
  const usageOf = (usageMetadata: unknown): unknown =>
    judgeAnswer({ response: { usageMetadata } }, undefined).usage;

  test('is read in both spellings, from numbers and strings', () => {
    const usage = { prompt: 15, cached: 4, answer: 20, thoughts: 30 };
    expect(
      usageOf({
        promptTokenCount: 10,
        toolUsePromptTokenCount: '5',
        cachedContentTokenCount: 4,
        candidatesTokenCount: '20',
        thoughtsTokenCount: 30,
        totalTokenCount: 65,
      }),
    ).toEqual(usage);
    expect(
      usageOf({
        prompt_token_count: 10,
        tool_use_prompt_token_count: 5,
        cached_content_token_count: 4,
        candidates_token_count: 20,
        thoughts_token_count: 30,
      }),
    ).toEqual(usage);
  });

  test.for([-1, '-1', 1.5, 'many', '', null, [], {}, true, 1e300, Number.NaN, '99999999999999999999'])(
    'counts %j as 0',
    (count) => {
      expect(usageOf({ promptTokenCount: count, candidatesTokenCount: count })).toEqual(NO_USAGE);
    },
  );

  test.for([undefined, null, 7, [], 'text'])('is nothing when it is %j', (usageMetadata) => {
    expect(usageOf(usageMetadata)).toEqual(NO_USAGE);
  });

  test('is counted for an answer that cannot be used, too', () => {
    const response = { candidates: [{ finishReason: 'SAFETY' }], usageMetadata: { promptTokenCount: 3 } };
    expect(judgeAnswer({ response }, undefined)).toMatchObject({
      judgement: { kind: 'blocked' },
      usage: { prompt: 3 },
    });
  });
});

describe('whatever comes', () => {
  const NAMES = [
    'response',
    'error',
    'candidates',
    'content',
    'parts',
    'text',
    'thought',
    'finishReason',
    'promptFeedback',

    'blockReason',
    'usageMetadata',
    'promptTokenCount',
    'embedding',
    'embeddings',
    'values',
    'inlineData',
    'code',
    'status',
    'message',
    'answer',
    'question',
    '__proto__',
    'constructor',
    'toString',
    'tokenCount',
  ];
  const { any } = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom<unknown>(
        'STOP',
        'MAX_TOKENS',
        '{"answer":"TBD"}',
        '[insert answer here]',
        TEXT,
        '[[[',
        3,
        '7',
        true,
      ),
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...NAMES), tie('any'), { maxKeys: 5 }),
    ),
  }));
  const shaped = any.map((part) => partsLine([part]));
  const line = fc.oneof(
    fc.dictionary(fc.constantFrom(...NAMES), any) as fc.Arbitrary<JsonObject>,
    shaped,
    any.map((response) => ({ response })),
    any.map((candidate) => ({ response: { candidates: [candidate] } })),
    any.map((text) => textLine(JSON.stringify(text) ?? '')),
  );

  test('judging never throws, and gives whole counts and short words', async () => {
    const check = await loadSchemaChecker({
      schemaCount: 1,
      schemaAt: () => ({ type: 'OBJECT', properties: { answer: { type: 'STRING' }, toString: {} } }),
    });
    const expectation = fc.constantFrom(
      undefined,
      WANTS_JSON,
      { wantsJson: true, schema: 0 },
      { wantsJson: false, schema: 0 },
    );
    const kinds = new Set<string>();
    fc.assert(
      fc.property(line, expectation, (given, asked) => {
        // Through text, so that `__proto__` is the own property that JSON makes of it.
        const { judgement, usage, text } = judgeAnswer(
          JSON.parse(JSON.stringify(given)) as JsonObject,
          asked,
          check,
        );
        kinds.add(judgement.kind);
        for (const count of Object.values(usage))
          expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
        expect(judgement.reason ?? 'none').toMatch(/^\w{1,64}$/);
        expect((judgement.message ?? '').length).toBeLessThanOrEqual(300);
        expect(['string', 'undefined']).toContain(typeof text);
      }),
      { numRuns: 3000 },
    );
    expect(kinds, 'the lines are not all of one kind').toContain('answered');
    expect(kinds.size).toBeGreaterThanOrEqual(6);
  });

  test('depth is no harm, on the line or in the answer', async () => {
    const check = await loadSchemaChecker({
      schemaCount: 1,
      schemaAt: () => ({ type: 'array', items: { $ref: '#' } }),
    });
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(judgeAnswer(textLine(deep), { wantsJson: true, schema: 0 }, check).judgement.kind).toBe(
      'answered',
    );
    for (const name of ['response', 'error', 'key']) {
      const given = JSON.parse(`{"${name}":${deep}}`) as JsonObject;
      expect(() => judgeAnswer(given, undefined)).not.toThrow();
    }
  });

  test('no message repeats the prompt or the answer', () => {
    const secret = 'xyzzy';
    const lines = [
      textLine(`{"${secret}":`),
      textLine(`\`\`\`${secret}`),
      textLine(`[insert ${secret} answer here]`),
      textLine(secret, { finishReason: 'SAFETY' }),
      textLine(secret, { finishReason: 'MAX_TOKENS' }),
      textLine(secret, { finishReason: `because of ${secret}` }),
    ];
    for (const given of lines) {
      const { judgement } = judgeAnswer(given, WANTS_JSON);
      expect(judgement.kind).not.toBe('answered');
      expect(JSON.stringify(judgement)).not.toContain(secret);
    }
  });
});
