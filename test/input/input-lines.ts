import * as fc from 'fast-check';

const key = fc.constantFrom('a', 'b', 'c', 'é🙂', '', 7, '\u0041', null, {}, 1.5);
const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom('Question 1:', 'é🙂', '}', '"a": 1', 'and so on,'),
);
const config = fc.constantFrom(
  undefined,
  { responseMimeType: 'application/json' },
  { responseJsonSchema: {} },
  { responseMimeType: 'application/json', responseSchema: { type: 'STRING' } },
  { responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING', enum: ['x'] } },
  { temprature: 1 },
);
const request = fc.record(
  {
    contents: fc.oneof(
      text.map((one) => [{ role: 'user', parts: [{ text: one }] }]),
      fc.jsonValue({ maxDepth: 2 }),
    ),
    generationConfig: config,
    model: fc.constantFrom('m', 'models/other'),
  },
  { requiredKeys: ['contents'] },
);
const wrapped = fc.record(
  { key, request, extra: fc.constantFrom(1, [1], {}) },
  { requiredKeys: ['request'] },
);
const good = fc.record({ key: fc.nat(30).map((index) => `k${index}`), request });
const line = fc.oneof(
  { weight: 4, arbitrary: good.map((value) => JSON.stringify(value)) },
  wrapped.map((value) => JSON.stringify(value)),
  request.map((value) => JSON.stringify(value)),
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
  fc.string({ maxLength: 20 }),
  fc.constantFrom('', ' ', '\r', '{"key":"a"', '\uFEFF{}', '{"messages":[]}', '\u0000'),
  wrapped.map((value) => ` ${JSON.stringify(value)}\r`),
);

/** An input file: requests and what people take for them, some of them twice, and bytes that are no text. */
export const inputLines: fc.Arbitrary<Buffer> = fc
  .tuple(fc.array(line, { maxLength: 30 }), fc.boolean(), fc.option(fc.nat(600)))
  .map(([lines, endsInNewline, bad]) => {
    const bytes = Buffer.from([...lines, ...lines.slice(0, 3)].join('\n') + (endsInNewline ? '\n' : ''));
    if (bad !== null && bad < bytes.length) bytes[bad] = 0xff;
    return bytes;
  });
