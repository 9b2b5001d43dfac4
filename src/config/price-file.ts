import { z } from 'zod';
import { BatchSubmitError } from '../model/errors.ts';
import { BUILT_IN_PRICES, mergePrices, type PriceTable } from '../model/prices.ts';
import { decodeText } from './decode-text.ts';
import { findJsonFaultLine } from './json-fault-line.ts';
import { nearest } from '../model/nearest.ts';
import { readSmallFile } from './read-small-file.ts';

/** A price of zero is one that a user may have. */
const amount = z.number('it must be a number').nonnegative('it must not be negative');
const day = z.iso.date('it must be a date such as "2026-09-11"');
const name = z.string('it must be a text').trim().min(1, 'it must not be empty');
const tokens = { input: amount, output: amount, cachedInput: amount.optional() };
const object = 'it must be an object';

const model = z.strictObject(
  {
    ...tokens,
    longPrompt: z.strictObject({ ...tokens, above: amount }, ours(object)).optional(),
    later: z.strictObject({ ...tokens, from: day }, ours(object)).optional(),
  },
  ours(object),
);

const file = z.strictObject(
  {
    asOf: day,
    source: name,
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'it must be a currency code such as "USD"')
      .default('USD'),
    models: z.record(name, model, ours('it must be an object of model ids')),
  },
  ours(object),
);

/** Every key that has a meaning, for suggestions. */
const KEYS = [
  'asOf',
  'source',
  'currency',
  'models',
  'input',
  'output',
  'cachedInput',
  'longPrompt',
  'later',
  'above',
  'from',
];

/**
 * Reads batch prices per million tokens that a user wrote down. A model that the file names has the file's
 * price; every other one keeps the built-in price with its own date. In another currency than the built-in
 * prices, only the file's models are priced.
 *
 * @throws {BatchSubmitError} `E_CONFIG` when the file cannot be read or does not hold prices
 */
export async function readPriceFile(path: string): Promise<PriceTable> {
  const checked = file.safeParse(await readJson(path));
  if (checked.success) {
    const models = Object.entries(checked.data.models).map(
      ([id, price]) => [id.replace(/^models\//, ''), price] as const,
    );
    return mergePrices(BUILT_IN_PRICES, { ...checked.data, models: Object.fromEntries(models) });
  }
  throw refuse(path, checked.error.issues);
}

async function readJson(path: string): Promise<unknown> {
  const read = await readSmallFile(path);
  if (!read.ok) throw unusable(path, read.fact, read.cause);
  const decoded = decodeText(read.file.bytes);
  if (!decoded.ok) throw unusable(path, decoded.fact);
  try {
    return JSON.parse(decoded.text);
  } catch {
    throw unusable(path, `line ${findJsonFaultLine(decoded.text)} is not valid JSON`);
  }
}

/** An unknown key comes first: it is mostly the one that another issue finds missing. */
function refuse(path: string, issues: readonly z.core.$ZodIssue[]): BatchSubmitError {
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const [key] = issue.keys;
    if (key === undefined) continue;
    const meant = nearest(key, KEYS);
    const where = issue.path.length === 0 ? '' : ` in "${issue.path.join('.')}"`;
    return new BatchSubmitError(
      'E_CONFIG',
      `Cannot use the prices in "${path}": "${key}"${where} has no meaning`,
      {
        hint:
          meant === undefined || meant === key
            ? `the keys are ${KEYS.join(', ')}`
            : `did you mean "${meant}"?`,
      },
    );
  }
  const [issue] = issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : `"${issue.path.join('.')}": `;
  return unusable(path, `${place}${issue?.message ?? 'it holds no prices'}`);
}

function unusable(path: string, fact: string, cause?: unknown): BatchSubmitError {
  return new BatchSubmitError('E_CONFIG', `Cannot use the prices in "${path}": ${fact}`, {
    hint: 'write it as { "asOf": "2026-09-11", "source": "our contract", "models": { "gemini-2.5-flash": { "input": 0.15, "output": 1.25 } } }',
    cause,
  });
}

/** Our words for a value of the wrong type; zod's own for a key that is unknown, which `refuse` rewords. */
function ours(text: string): {
  readonly error: (issue: { readonly code?: string | undefined }) => string | undefined;
} {
  return { error: ({ code }) => (code === 'unrecognized_keys' ? undefined : text) };
}
