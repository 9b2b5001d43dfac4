import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPriceFile } from '../../src/config/price-file.ts';
import { BUILT_IN_PRICES } from '../../src/model/prices.ts';
import { tempFolder } from '../config/temp-folder.ts';

const GOOD = {
  asOf: '2026-11-01',
  source: 'our contract',
  models: { 'models/gemini-2.5-flash': { input: 0.1, output: 1, cachedInput: 0 } },
};

async function fileWith(content: unknown): Promise<string> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return join(await tempFolder({ 'prices.json': text }), 'prices.json');
}

describe('readPriceFile()', () => {
  test('puts the prices of the file before the built-in ones', async () => {
    const table = await readPriceFile(await fileWith(GOOD));
    expect(table).toMatchObject({ asOf: '2026-11-01', source: 'our contract', currency: 'USD' });
    expect(table.models['gemini-2.5-flash']).toEqual({ input: 0.1, output: 1, cachedInput: 0 });
    expect(table.models['gemini-2.5-pro']).toMatchObject({
      ...BUILT_IN_PRICES.models['gemini-2.5-pro'],
      asOf: BUILT_IN_PRICES.asOf,
    });
  });

  test('reads tiers by length and by date', async () => {
    const price = {
      input: 1,
      output: 2,
      longPrompt: { above: 200_000, input: 2, output: 4 },
      later: { from: '2027-01-01', input: 3, output: 6 },
    };
    const table = await readPriceFile(await fileWith({ ...GOOD, models: { 'my-model': price } }));
    expect(table.models['my-model']).toEqual(price);
  });

  test.for([
    ['{', 'line 1 is not valid JSON'],
    ['[]', 'it must be an object'],
    [{ ...GOOD, asOf: 'today' }, '"asOf": it must be a date such as "2026-09-11"'],
    [{ ...GOOD, source: '  ' }, '"source": it must not be empty'],
    [{ ...GOOD, currency: '$' }, '"currency": it must be a currency code such as "USD"'],
    [{ ...GOOD, models: [] }, '"models": it must be an object of model ids'],
    [{ asOf: '2026-11-01', source: 'x' }, '"models": it must be an object of model ids'],
    [{ ...GOOD, models: { m: 1 } }, '"models.m": it must be an object'],
    [{ ...GOOD, models: { m: { input: '1', output: 1 } } }, '"models.m.input": it must be a number'],
    [{ ...GOOD, models: { m: { input: 1 } } }, '"models.m.output": it must be a number'],
    [{ ...GOOD, models: { m: { input: -1, output: 1 } } }, '"models.m.input": it must not be negative'],
  ] as const)('refuses %j', async ([content, fact]) => {
    const path = await fileWith(content);
    await expect(readPriceFile(path)).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: `Cannot use the prices in "${path}": ${fact}`,
      hint: expect.stringContaining('write it as {') as unknown,
    });
  });

  test.for([
    [{ ...GOOD, as_of: '2026-11-01' }, '"as_of" has no meaning', 'did you mean "asOf"?'],
    [
      { ...GOOD, models: { m: { imput: 1, output: 1 } } },
      '"imput" in "models.m" has no meaning',
      'did you mean "input"?',
    ],
    [{ ...GOOD, zzzzzzzz: 1 }, '"zzzzzzzz" has no meaning', 'the keys are asOf, source,'],
  ] as const)('suggests what an unknown key was meant to be: %j', async ([content, fact, hint]) => {
    const path = await fileWith(content);
    await expect(readPriceFile(path)).rejects.toMatchObject({
      message: `Cannot use the prices in "${path}": ${fact}`,
      hint: expect.stringContaining(hint) as unknown,
    });
  });

  test('names a file that does not exist', async () => {
    await expect(readPriceFile('/nowhere/prices.json')).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: 'Cannot use the prices in "/nowhere/prices.json": it does not exist',
    });
  });
});
