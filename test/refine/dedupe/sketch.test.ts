import { describe, expect, test } from 'vitest';
import { BANDS, recallOf, rowsFor, writeBandKeys } from '../../../src/refine/dedupe/bands.ts';
import { agreementOf, cosineOf, createSignSketcher } from '../../../src/refine/dedupe/sign-sketch.ts';
import { createSketcher } from '../../../src/refine/dedupe/sketch.ts';
import { randomOf } from './random.ts';

/** Two sets of `size` hashes of which the given share of all is in both. */
function pairOf(size: number, jaccard: number, random: () => number): readonly [Uint32Array, Uint32Array] {
  const common = Math.round((2 * size * jaccard) / (1 + jaccard));
  const hash = (): number => Math.floor(random() * 2 ** 32);
  const shared = Array.from({ length: common }, hash);
  const own = (): Uint32Array =>
    Uint32Array.from([...shared, ...Array.from({ length: size - common }, hash)]);
  return [own(), own()];
}

describe('createSketcher()', () => {
  test.for([
    [5, 0.25],
    [9, 0.8],
    [60, 0.8],
    [60, 0.1],
    [1000, 0.5],
  ])('has the share of sets of %d in its equal places: %d', ([size = 0, jaccard = 0]) => {
    const [random, places, pairs] = [randomOf(size), 140, 400];
    const sketcher = createSketcher(places);
    const common = Math.round((2 * size * jaccard) / (1 + jaccard));
    const expected = common / (2 * size - common);
    let equal = 0;
    for (let pair = 0; pair < pairs; pair += 1) {
      const [one, other] = pairOf(size, jaccard, random);
      const first = sketcher.sketch(one).slice();
      equal += sketcher.sketch(other).filter((least, place) => least === first[place]).length;
    }
    // 400 times 140 places: more than four deviations of what chance allows.
    expect(Math.abs(equal / (pairs * places) - expected)).toBeLessThan(0.02);
  });

  test('does not depend on the order of the groups, nor on how often one is there', () => {
    const sketcher = createSketcher(60);
    const first = sketcher.sketch(Uint32Array.of(7, 1, 5)).slice();
    expect(sketcher.sketch(Uint32Array.of(5, 5, 7, 1, 1))).toEqual(first);
    expect(sketcher.sketch(Uint32Array.of(5, 7, 2))).not.toEqual(first);
  });
});

/** The share of pairs of sketches with a band in common. */
function shareThatMeets(sketches: Iterable<readonly [Int32Array, Int32Array]>): number {
  const [keys, otherKeys] = [new Uint32Array(BANDS), new Uint32Array(BANDS)];
  let [met, all] = [0, 0];
  for (const [one, other] of sketches) {
    writeBandKeys(one, 0, keys, 0);
    writeBandKeys(other, 0, otherKeys, 0);
    if (keys.some((key, band) => key === otherKeys[band])) met += 1;
    all += 1;
  }
  return met / all;
}

describe('bands', () => {
  test.for([0.5, 0.8, 0.9, 0.95])('find what they are expected to at a threshold of %d', (threshold) => {
    const rows = rowsFor(threshold);
    expect(recallOf(threshold, rows)).toBeGreaterThanOrEqual(0.99);
    const sketcher = createSketcher(BANDS * rows);
    const random = randomOf(1);
    function* sketches(jaccard: number): Generator<readonly [Int32Array, Int32Array]> {
      for (let pair = 0; pair < 1000; pair += 1) {
        // 190 of each: shares of 0.5, 0.8, 0.9 and 0.95 come out to within a hundredth.
        const [one, other] = pairOf(190, jaccard, random);
        yield [sketcher.sketch(one).slice(), sketcher.sketch(other).slice()];
      }
    }
    expect(shareThatMeets(sketches(threshold))).toBeGreaterThan(0.97);
    // What is far from the threshold seldom meets, or there would be too much to compare.
    expect(shareThatMeets(sketches(threshold / 4))).toBeLessThan(0.3);
  });

  test('of records with another seed never meet', () => {
    const sketch = createSketcher(BANDS * 7).sketch(Uint32Array.of(1, 2, 3));
    const [keys, otherKeys] = [new Uint32Array(BANDS), new Uint32Array(BANDS)];
    writeBandKeys(sketch, 1, keys, 0);
    writeBandKeys(sketch, 2, otherKeys, 0);
    expect(keys.some((key, band) => key === otherKeys[band])).toBe(false);
  });
});

describe('createSignSketcher()', () => {
  const DIMENSIONS = 96;

  /** Two vectors with this cosine; the first is one of the axes, where a plane of few numbers would fail. */
  function vectors(
    cosine: number,
    axis: number,
    random: () => number,
  ): readonly [Float32Array, Float32Array] {
    const one = new Float32Array(DIMENSIONS);
    one[axis] = 1;
    const other = Float32Array.from({ length: DIMENSIONS }, () => random() - 0.5);
    other[axis] = 0;
    const length = Math.hypot(...other);
    const turned = other.map((value) => (value / length) * Math.sqrt(1 - cosine ** 2));
    turned[axis] = cosine;
    return [one, turned];
  }

  test.for([0.97, 0.9, 0])('agrees as often as the angle has it at a cosine of %d', (cosine) => {
    const [random, places] = [randomOf(3), 380];
    const sketcher = createSignSketcher(DIMENSIONS, places);
    let equal = 0;
    for (let pair = 0; pair < 300; pair += 1) {
      const [one, other] = vectors(cosine, pair % DIMENSIONS, random);
      expect(cosineOf(one, other)).toBeCloseTo(cosine, 5);
      const first = sketcher.sketch(one).slice();
      equal += sketcher.sketch(other).filter((sign, place) => sign === first[place]).length;
    }
    expect(Math.abs(equal / (300 * places) - agreementOf(cosine))).toBeLessThan(0.02);
  });

  test('finds what it is expected to at the default cosine', () => {
    const rows = rowsFor(agreementOf(0.97));
    const sketcher = createSignSketcher(DIMENSIONS, BANDS * rows);
    const random = randomOf(4);
    function* sketches(): Generator<readonly [Int32Array, Int32Array]> {
      for (let pair = 0; pair < 1000; pair += 1) {
        const [one, other] = vectors(0.97, pair % DIMENSIONS, random);
        yield [sketcher.sketch(one).slice(), sketcher.sketch(other).slice()];
      }
    }
    expect(shareThatMeets(sketches())).toBeGreaterThan(0.97);
  });
});
