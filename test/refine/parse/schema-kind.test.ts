import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readAnswer } from '../../../src/refine/parse/read-answer.ts';
import type { RecordKind } from '../../../src/refine/parse/record-kind.ts';
import { readSchemaKind } from '../../../src/refine/parse/schema-kind.ts';

const RECORD = {
  type: 'object',
  required: ['name', 'review'],
  properties: {
    name: { type: 'string', minLength: 2 },
    review: { type: 'string' },
    mood: { type: 'string', enum: ['good', 'bad'] },
    when: { type: 'string', format: 'date' },
    stars: { type: 'integer', minimum: 1, maximum: 5 },
    code: { type: 'string', pattern: '^[A-Z]{3}$' },
  },
};

async function kindOf(schema: string): Promise<RecordKind> {
  const folder = await mkdtemp(join(tmpdir(), 'schema-kind-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'record.json');
  await writeFile(path, schema);
  return await readSchemaKind(path);
}

describe('records of a kind of the user', () => {
  test.for([
    ['one record', RECORD],
    ['a list of them', { type: 'array', items: RECORD }],
    ['a list of references', { type: 'array', items: { $ref: '#/$defs/record' }, $defs: { record: RECORD } }],
  ] as const)('are checked by a schema of %s', async ([, schema]) => {
    const kind = await kindOf(JSON.stringify(schema));
    const good = { name: 'Ann', review: 'Fine.', stars: 4, code: 'ABC' };
    const bad = [{ ...good, stars: 9 }, { name: 'Bob' }, { ...good, code: 'abc' }];
    const { records, bad: refused } = readAnswer({ attempt: 1, text: JSON.stringify([good, ...bad]) }, kind);
    expect(records.map(({ value }) => value)).toEqual([good]);
    expect(refused).toEqual([
      { position: 2, problem: 'stars is larger than the schema allows' },
      { position: 3, problem: 'review is missing' },
      { position: 4, problem: 'code does not fit the schema' },
    ]);
  });

  test('have the free texts as their fields', async () => {
    expect((await kindOf(JSON.stringify(RECORD))).fields).toEqual(['name', 'review', 'code']);
  });

  test.for([
    ['no JSON', '{"type":'],
    ['no object', '[1]'],
    ['no properties', '{"type":"object"}'],
    ['a type that nobody knows', '{"type":"object","properties":{"a":{"type":"colour"}}}'],
    ['a reference that leads nowhere', '{"type":"array","items":{"$ref":"#/$defs/gone"}}'],
  ] as const)('are refused where the schema is %s', async ([, schema]) => {
    await expect(kindOf(schema)).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: expect.stringMatching(/^Cannot use the schema ".*record\.json": /),
      hint: 'give `--schema` a JSON Schema whose `properties` are the fields of one record',
    });
  });
});
