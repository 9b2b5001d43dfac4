import { describe, expect, test } from 'vitest';
import { BUILT_IN_PRICES, costOf, mergePrices, type PricedUse } from '../../src/model/prices.ts';

const ON = '2026-11-22T21:40:00Z';
const MILLION = { prompt: 1_000_000, cached: 0, answer: 1_000_000, thoughts: 0 };

function use(model: string | null, more: Partial<PricedUse> = {}): PricedUse {
  return { model, usage: MILLION, requests: 1000, ...more };
}

describe('costOf()', () => {
  test.for([
    ['gemini-2.5-flash', 0.15 + 1.25],
    ['models/gemini-2.5-flash', 0.15 + 1.25],
    ['gemini-2.5-flash-lite', 0.05 + 0.2],
    ['gemini-2.5-pro', 0.625 + 5],
    ['gemini-3.5-flash-lite', 0.15 + 1.25],
    ['gemini-3.8-flash', 0.375 + 1.875],
  ] as const)('prices a million tokens each way on %s', ([model, amount]) => {
    const cost = costOf([use(model)], BUILT_IN_PRICES, ON);
    expect(cost).toMatchObject({
      currency: 'USD',
      amount,
      prices_as_of: '2026-09-11',
      source: 'ai.google.dev/gemini-api/docs/pricing',
      by_model: [{ model: model.replace('models/', ''), input_tokens: 1e6, output_tokens: 1e6, amount }],
      notes: [],
    });
  });

  test('takes thoughts for output and gives cached tokens their own price', () => {
    const usage = { prompt: 1_000_000, cached: 400_000, answer: 100_000, thoughts: 300_000 };
    const cost = costOf([use('gemini-2.5-flash', { usage })], BUILT_IN_PRICES, ON);
    expect(cost.amount).toBeCloseTo(0.6 * 0.15 + 0.4 * 0.03 + 0.4 * 1.25, 9);
    expect(cost.by_model[0]).toMatchObject({ input_tokens: 1_000_000, output_tokens: 400_000 });
    expect(cost.notes).toEqual([expect.stringContaining('cache')]);
  });

  test('never guesses an unknown price, and sums nothing that leaves one out', () => {
    const cost = costOf([use('gemini-9-ultra'), use('gemini-2.5-flash'), use(null)], BUILT_IN_PRICES, ON);
    expect(cost.amount).toBeNull();
    expect(cost.by_model.map(({ model, amount }) => [model, amount])).toEqual([
      ['gemini-2.5-flash', 1.4],
      ['gemini-9-ultra', null],
      ['unknown model', null],
    ]);
    expect(cost.notes).toEqual([
      'The price of gemini-9-ultra, unknown model is not known; name it in a price file of your own (setting "prices")',
    ]);
  });

  test('asks no price for what used no tokens', () => {
    const usage = { prompt: 0, cached: 0, answer: 0, thoughts: 0 };
    expect(costOf([use(null, { usage })], BUILT_IN_PRICES, ON)).toMatchObject({ amount: 0, notes: [] });
    expect(costOf([], BUILT_IN_PRICES, ON)).toMatchObject({ amount: 0, by_model: [], notes: [] });
  });

  test.for(['gemini-2.5-flash-001', 'gemini-2.5-flash-preview-09-2025', 'gemini-2.5-flash-latest'])(
    'prices %s as its base and says so',
    (model) => {
      const cost = costOf([use(`models/${model}`)], BUILT_IN_PRICES, ON);
      expect(cost.amount).toBe(1.4);
      expect(cost.notes).toEqual([`${model} is priced as gemini-2.5-flash`]);
    },
  );

  test.for([
    'gemini-flash-latest',
    'gemini-2.5-flash-image',
    'gemini-2.5-flash-preview-tts',
    'gemini-2.5',
    'constructor',
    '__proto__',
  ])('does not take %s for another model', (model) => {
    expect(costOf([use(model)], BUILT_IN_PRICES, ON).amount).toBeNull();
  });

  test('prices long prompts by the average of the batch', () => {
    const usage = { prompt: 3_000_000, cached: 0, answer: 0, thoughts: 0 };
    const short = costOf([use('gemini-2.5-pro', { usage, requests: 15 })], BUILT_IN_PRICES, ON);
    const long = costOf([use('gemini-2.5-pro', { usage, requests: 14 })], BUILT_IN_PRICES, ON);
    expect([short.amount, long.amount]).toEqual([1.875, 3.75]);
    expect(short.notes).toEqual([]);
    expect(long.notes).toEqual([expect.stringContaining('long prompts')]);
  });

  test('takes an announced price from its day on, by the day of the batch', () => {
    const on = '2027-01-03T00:00:00Z';
    const old = use('gemini-3.8-flash', { at: '2026-12-31T23:59:59Z' });
    const later = use('gemini-3.8-flash', { at: '2027-01-01T00:00:00Z' });
    expect(costOf([old], BUILT_IN_PRICES, on).amount).toBe(2.25);
    expect(costOf([later], BUILT_IN_PRICES, on).amount).toBe(4.5);
    expect(costOf([use('gemini-3.8-flash')], BUILT_IN_PRICES, on).amount).toBe(4.5);
  });

  test('says when the prices are old', () => {
    const notesOn = (on: string): readonly string[] =>
      costOf([use('gemini-2.5-flash')], BUILT_IN_PRICES, on).notes;
    expect(notesOn('2027-01-09T00:00:00Z')).toEqual([]);
    expect(notesOn('2027-01-10T00:00:00Z')).toEqual([
      'The prices are 121 days old and may have changed; newer ones can be named in a price file (setting "prices")',
    ]);
  });

  test('adds twenty thousand small amounts without drift', () => {
    const usage = { prompt: 10, cached: 0, answer: 1, thoughts: 0 };
    const uses = Array.from({ length: 20_000 }, () => use('gemini-2.5-flash', { usage }));
    expect(costOf(uses, BUILT_IN_PRICES, ON).amount).toBe(0.055);
  });
});

describe('mergePrices()', () => {
  const own = {
    asOf: '2026-11-01',
    source: 'our contract',
    currency: 'USD',
    models: { 'gemini-2.5-flash': { input: 0.1, output: 1 }, 'gemini-9-ultra': { input: 5, output: 50 } },
  };

  test('prefers the price of the user and keeps the date of every price', () => {
    const table = mergePrices(BUILT_IN_PRICES, own);
    expect(costOf([use('gemini-2.5-flash')], table, ON)).toMatchObject({
      amount: 1.1,
      prices_as_of: '2026-11-01',
      source: 'our contract',
    });
    expect(costOf([use('gemini-2.5-pro')], table, ON)).toMatchObject({
      amount: 5.625,
      prices_as_of: '2026-09-11',
      source: 'ai.google.dev/gemini-api/docs/pricing',
    });
    expect(costOf([use('gemini-9-ultra'), use('gemini-2.5-pro')], table, ON)).toMatchObject({
      amount: 60.625,
      prices_as_of: '2026-09-11',
      source: 'ai.google.dev/gemini-api/docs/pricing; our contract',
    });
  });

  test('never adds two currencies', () => {
    const table = mergePrices(BUILT_IN_PRICES, { ...own, currency: 'EUR' });
    expect(Object.keys(table.models)).toEqual(Object.keys(own.models));
    expect(costOf([use('gemini-2.5-pro')], table, ON)).toMatchObject({ currency: 'EUR', amount: null });
  });
});
