import type { Usage } from './answer.ts';

/** What a million tokens cost in a batch job. Thoughts are paid for as output. */
export interface TokenPrice {
  readonly input: number;
  readonly output: number;
  /** Of prompt tokens that were read from a cache; without it they cost what input costs. */
  readonly cachedInput?: number | undefined;
}

export interface ModelPrice extends TokenPrice {
  /** Of a whole request whose prompt has more tokens than `above`. */
  readonly longPrompt?: (TokenPrice & { readonly above: number }) | undefined;
  /** Announced: from this day (UTC) on. */
  readonly later?: (TokenPrice & { readonly from: string }) | undefined;
  /** Where this price is from, if not from where the table is. */
  readonly asOf?: string | undefined;
  readonly source?: string | undefined;
}

export interface PriceTable {
  /** Day the prices were published on, such as `2026-09-11`. */
  readonly asOf: string;
  readonly source: string;
  readonly currency: string;
  /** By model id, without `models/`. */
  readonly models: Readonly<Record<string, ModelPrice>>;
}

/** The page was not read again for these. */
const EMBEDDINGS_AS_OF = '2026-04-25';

/**
 * Batch prices of the models that take batches: half of the standard ones. Tokens from a cache stand at the
 * standard caching price, as the guide to batches has it; the price page lists less for some models.
 */
export const BUILT_IN_PRICES: PriceTable = {
  asOf: '2026-09-11',
  source: 'ai.google.dev/gemini-api/docs/pricing',
  currency: 'USD',
  models: {
    'gemini-3.8-flash': newerFlash(),
    'gemini-3.7-flash': newerFlash(),
    'gemini-3.6-flash': newerFlash(),
    'gemini-3.5-flash': { input: 0.75, output: 4.5, cachedInput: 0.15 },
    'gemini-3.5-flash-lite': { input: 0.15, output: 1.25, cachedInput: 0.03 },
    'gemini-3.1-pro-preview': {
      input: 1,
      output: 6,
      cachedInput: 0.2,
      longPrompt: { above: 200_000, input: 2, output: 9, cachedInput: 0.4 },
    },
    'gemini-3.1-flash-lite': { input: 0.125, output: 0.75, cachedInput: 0.025 },
    'gemini-3-flash-preview': { input: 0.25, output: 1.5, cachedInput: 0.05 },
    'gemini-2.5-pro': {
      input: 0.625,
      output: 5,
      cachedInput: 0.125,
      longPrompt: { above: 200_000, input: 1.25, output: 7.5, cachedInput: 0.25 },
    },
    'gemini-2.5-flash': { input: 0.15, output: 1.25, cachedInput: 0.03 },
    'gemini-2.5-flash-lite': { input: 0.05, output: 0.2, cachedInput: 0.01 },
    // Of text; a vector is not paid for as output.
    'gemini-embedding-2': { input: 0.1, output: 0, asOf: EMBEDDINGS_AS_OF },
    'gemini-embedding-001': { input: 0.075, output: 0, asOf: EMBEDDINGS_AS_OF },
  },
};

/** The three share a price, and one that doubles with the new year. */
function newerFlash(): ModelPrice {
  return {
    input: 0.375,
    output: 1.875,
    cachedInput: 0.075,
    later: { from: '2027-01-01', input: 0.75, output: 3.75, cachedInput: 0.15 },
  };
}

/**
 * `own` before `base`: a model that both name has the price of `own`, and every model keeps the date and the
 * source of the table it came from. Sums need one currency, so that another one leaves nothing of `base`.
 */
export function mergePrices(base: PriceTable, own: PriceTable): PriceTable {
  const kept = own.currency === base.currency ? base.models : {};
  const marked = Object.entries(kept).map(([model, price]): [string, ModelPrice] => [
    model,
    { ...price, asOf: price.asOf ?? base.asOf, source: price.source ?? base.source },
  ]);
  return { ...own, models: { ...Object.fromEntries(marked), ...own.models } };
}

/** What one batch used. */
export interface PricedUse {
  readonly model: string | null;
  readonly usage: Usage;
  /** Answers that `usage` is the sum of; the average prompt decides whether long prompts are paid for. */
  readonly requests: number;
  /** When it was worked on, for prices that change; without it the date of the report counts. */
  readonly at?: string | null | undefined;
}

export interface ModelCost {
  readonly model: string;
  readonly input_tokens: number;
  /** Answers and thoughts. */
  readonly output_tokens: number;
  /** `null` where the price is not known. */
  readonly amount: number | null;
}

/** As reports state it. */
export interface Cost {
  readonly currency: string;
  /** `null` where any price is not known; a sum that leaves something out would pass for the whole. */
  readonly amount: number | null;
  /** The oldest date of the prices that were used. */
  readonly prices_as_of: string;
  readonly source: string;
  readonly by_model: readonly ModelCost[];
  readonly notes: readonly string[];
}

/** After so many days the notes say that prices may have changed. */
const STALE_DAYS = 120;
const DAY_MS = 86_400_000;
const UNNAMED = 'unknown model';

/** Prices what was used, batch by batch, and sums it by model. `on` is the date of the report. */
export function costOf(uses: readonly PricedUse[], table: PriceTable, on: string): Cost {
  const byModel = new Map<string, ModelCost>();
  const found = new Map<string, PriceFound | undefined>();
  const facts = { long: new Set<string>(), cached: false };
  for (const use of uses) {
    const model = use.model === null || use.model === '' ? UNNAMED : use.model.replace(/^models\//, '');
    const price = found.has(model) ? found.get(model) : findPrice(model, table);
    found.set(model, price);
    const isUnused = use.usage.prompt + use.usage.answer + use.usage.thoughts === 0;
    const tier = price === undefined ? undefined : tierOf(price.price, use, on);
    if (tier?.isLong === true) facts.long.add(model);
    if (tier !== undefined && use.usage.cached > 0) facts.cached = true;
    const amount = isUnused ? 0 : tier === undefined ? null : amountOf(use.usage, tier.price);
    byModel.set(model, addCost(byModel.get(model), model, use.usage, amount));
  }
  const sums = [...byModel.values()].sort((a, b) => (a.model < b.model ? -1 : 1));
  const costs = sums.map((cost) => ({ ...cost, amount: rounded(cost.amount) }));
  const origin = originOf(found, table);
  return {
    currency: table.currency,
    amount: rounded(sums.reduce((sum: number | null, { amount }) => plus(sum, amount), 0)),
    prices_as_of: origin.asOf,
    source: origin.source,
    by_model: costs,
    notes: [
      ...unknownNotes(costs),
      ...aliasNotes(found),
      ...[...facts.long].map(
        (model) => `Batches of ${model} with long prompts on average are priced as if all their prompts were`,
      ),
      ...(facts.cached
        ? ['Tokens from a cache are priced as in interactive use; the bill may be lower']
        : []),
      ...staleNotes(origin.asOf, on),
    ],
  };
}

interface PriceFound {
  readonly id: string;
  readonly price: ModelPrice;
}

/** Names for a release of the same model. `-latest` alone moves on, but behind a numbered name it cannot. */
const RELEASE = /-(?:\d{3}|latest|preview-\d{2}-\d{2,4})$/;

function findPrice(model: string, { models }: PriceTable): PriceFound | undefined {
  const base = model.replace(RELEASE, '');
  const id = [model, base].find((candidate) => Object.hasOwn(models, candidate));
  const price = id === undefined ? undefined : models[id];
  return id === undefined || price === undefined ? undefined : { id, price };
}

function tierOf(
  price: ModelPrice,
  { usage, requests, at }: PricedUse,
  on: string,
): { readonly price: TokenPrice; readonly isLong: boolean } {
  if (price.longPrompt !== undefined && usage.prompt > price.longPrompt.above * Math.max(1, requests)) {
    return { price: price.longPrompt, isLong: true };
  }
  const isLater = price.later !== undefined && (at ?? on).slice(0, 10) >= price.later.from;
  return { price: isLater ? (price.later ?? price) : price, isLong: false };
}

function amountOf({ prompt, cached, answer, thoughts }: Usage, price: TokenPrice): number {
  const fromCache = Math.min(cached, prompt);
  const parts =
    (prompt - fromCache) * price.input +
    fromCache * (price.cachedInput ?? price.input) +
    (answer + thoughts) * price.output;
  return parts / 1_000_000;
}

function addCost(
  before: ModelCost | undefined,
  model: string,
  usage: Usage,
  amount: number | null,
): ModelCost {
  return {
    model,
    input_tokens: (before?.input_tokens ?? 0) + usage.prompt,
    output_tokens: (before?.output_tokens ?? 0) + usage.answer + usage.thoughts,
    amount: plus(before === undefined ? 0 : before.amount, amount),
  };
}

function plus(sum: number | null, amount: number | null): number | null {
  return sum === null || amount === null ? null : sum + amount;
}

/** To a millionth: smaller digits only show in which order fractions were added. */
function rounded(amount: number | null): number | null {
  return amount === null ? null : Math.round(amount * 1_000_000) / 1_000_000;
}

/** Of the prices that were used, or of the table when none was. */
function originOf(
  found: ReadonlyMap<string, PriceFound | undefined>,
  table: PriceTable,
): { readonly asOf: string; readonly source: string } {
  const used = [...found.values()].flatMap((one) => (one === undefined ? [] : [one.price]));
  const dates = used.map(({ asOf }) => asOf ?? table.asOf).sort();
  const sources = [...new Set(used.map(({ source }) => source ?? table.source))].sort();
  return { asOf: dates[0] ?? table.asOf, source: sources.length === 0 ? table.source : sources.join('; ') };
}

function unknownNotes(costs: readonly ModelCost[]): string[] {
  const unknown = costs.filter(({ amount }) => amount === null).map(({ model }) => model);
  if (unknown.length === 0) return [];
  return [
    `The price of ${unknown.join(', ')} is not known; name it in a price file of your own (setting "prices")`,
  ];
}

function aliasNotes(found: ReadonlyMap<string, PriceFound | undefined>): string[] {
  return [...found].flatMap(([model, price]) =>
    price === undefined || price.id === model ? [] : [`${model} is priced as ${price.id}`],
  );
}

function staleNotes(asOf: string, on: string): string[] {
  const days = Math.floor((Date.parse(on) - Date.parse(asOf)) / DAY_MS);
  return days > STALE_DAYS
    ? [
        `The prices are ${days} days old and may have changed; newer ones can be named in a price file (setting "prices")`,
      ]
    : [];
}
