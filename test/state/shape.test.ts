import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  amount,
  count,
  dictionary,
  flag,
  int,
  kinds,
  list,
  matching,
  name,
  never,
  nullish,
  object,
  oneOf,
  optional,
  ordinal,
  type Shape,
  ShapeFault,
  tally,
  text,
} from '../../src/state/shape.ts';

/** A shape, what zod calls the same, and values that often fit. */
interface Twin {
  readonly ours: Shape<unknown>;
  readonly zods: z.ZodType;
  readonly fitting: fc.Arbitrary<unknown>;
}

const WORDS = ['one', 'two', 'three'] as const;
const HEX = /^[0-9a-f]{2}$/;
const word = fc.constantFrom(...WORDS);
const number = fc.oneof(fc.integer({ min: -2, max: 3 }), fc.double(), fc.constantFrom(2 ** 53, -(2 ** 53)));

const SCALARS: readonly Twin[] = [
  { ours: text, zods: z.string(), fitting: fc.string() },
  { ours: name, zods: z.string().min(1), fitting: fc.string({ maxLength: 2 }) },
  { ours: matching(HEX), zods: z.string().regex(HEX), fitting: fc.constantFrom('0f', 'a1', 'A1', '') },
  { ours: oneOf(WORDS), zods: z.enum(WORDS), fitting: word },
  { ours: flag, zods: z.boolean(), fitting: fc.boolean() },
  { ours: amount, zods: z.number().nonnegative(), fitting: number },
  { ours: int, zods: z.int(), fitting: number },
  { ours: count, zods: z.int().nonnegative(), fitting: number },
  { ours: ordinal, zods: z.int().positive(), fitting: number },
  { ours: never, zods: z.never().optional(), fitting: fc.constant(undefined) },
  {
    ours: dictionary,
    zods: z.record(z.string(), z.unknown()),
    fitting: fc.dictionary(word, fc.integer()),
  },
  {
    ours: tally(WORDS, count),
    zods: z.partialRecord(z.enum(WORDS), z.int().nonnegative()),
    fitting: fc.dictionary(fc.oneof({ arbitrary: word, weight: 9 }, fc.constant('four')), number),
  },
];

const twin: fc.Arbitrary<Twin> = fc.letrec<{ twin: Twin }>((tie) => ({
  twin: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...SCALARS),
    tie('twin').map(({ ours, zods, fitting }) => ({
      ours: optional(ours),
      zods: zods.optional(),
      fitting: fc.option(fitting, { nil: undefined }),
    })),
    tie('twin').map(({ ours, zods, fitting }) => ({
      ours: nullish(ours),
      zods: zods.nullish(),
      fitting: fc.option(fitting),
    })),
    tie('twin').map(({ ours, zods, fitting }) => ({
      ours: list(ours),
      zods: z.array(zods),
      fitting: fc.array(fitting, { maxLength: 3 }),
    })),
    fc.dictionary(word, tie('twin')).map((fields) => ({
      ours: object(each(fields, ({ ours }) => ours)),
      zods: z.object(each(fields, ({ zods }) => zods)),
      fitting: fittingMembers(fields),
    })),
    fc.tuple(fc.dictionary(word, tie('twin')), fc.dictionary(word, tie('twin'))).map(([a, b]) => ({
      ours: kinds('kind', { a: each(a, ({ ours }) => ours), b: each(b, ({ ours }) => ours) }),
      zods: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('a'), ...each(a, ({ zods }) => zods) }),
        z.object({ kind: z.literal('b'), ...each(b, ({ zods }) => zods) }),
      ]),
      fitting: fc
        .tuple(fc.constantFrom('a', 'b'), fittingMembers({ ...a, ...b }))
        .map(([kind, members]) => Object.assign(members, { kind })),
    })),
  ),
})).twin;

function each<T>(
  fields: Readonly<Record<string, Twin>>,
  part: (field: Twin) => T,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, part(field)]));
}

/** Now and then with a member too many, or one too few. */
function fittingMembers(fields: Readonly<Record<string, Twin>>): fc.Arbitrary<object> {
  const known = fc.record(
    each(fields, ({ fitting }) => fitting),
    { requiredKeys: [] },
  );
  return fc
    .tuple(known, fc.dictionary(fc.constant('unknown'), fc.integer()))
    .map(([members, more]) => Object.assign(members, more));
}

/** One shape and several values, because zod takes its time to make a schema. */
const sample = twin.chain((one) =>
  fc.record({
    one: fc.constant(one),
    values: fc.array(fc.oneof({ arbitrary: one.fitting, weight: 4 }, fc.jsonValue({ maxDepth: 2 })), {
      minLength: 8,
      maxLength: 8,
    }),
  }),
);

/** As JSON, which has no `undefined`: a member that is undefined is one that is not there. */
function verdictOf(shape: Shape<unknown>, value: unknown): string {
  try {
    return JSON.stringify({ read: shape(value, '') });
  } catch (error) {
    if (!(error instanceof ShapeFault)) throw error;
    return `${error.path}: ${error.message}`;
  }
}

function zodVerdictOf(schema: z.ZodType, value: unknown): string {
  const { success, data, error } = schema.safeParse(value);
  return success
    ? JSON.stringify({ read: data })
    : `${error.issues[0]?.path.join('.')}: ${error.issues[0]?.message}`;
}

test('a shape reads what zod reads, and refuses the rest in the words of zod', () => {
  const seen = { read: 0, refused: 0 };
  fc.assert(
    fc.property(sample, ({ one, values }) => {
      for (const value of values) {
        const expected = zodVerdictOf(one.zods, value);
        seen[expected.startsWith('{') ? 'read' : 'refused'] += 1;
        expect(verdictOf(one.ours, value)).toBe(expected);
      }
    }),
    { numRuns: 500 },
  );
  // The property says nothing of good or bad values if it met too few of them.
  expect(seen.read).toBeGreaterThan(500);
  expect(seen.refused).toBeGreaterThan(500);
});
