import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBandIndex, type Groups } from '../../../src/refine/dedupe/band-index.ts';
import { BANDS } from '../../../src/refine/dedupe/bands.ts';
import { createKeptLists } from '../../../src/refine/dedupe/kept-lists.ts';
import { qualityOf, rankRecords } from '../../../src/refine/dedupe/rank.ts';
import { createRecent } from '../../../src/refine/dedupe/recent.ts';
import { createSameTexts } from '../../../src/refine/dedupe/same-texts.ts';

const NONE: Groups = { nextGroup: 1, members: 0 };

describe('createBandIndex()', () => {
  test('puts into one group what has the same key in the same band, and nothing else', () => {
    const record = fc.record({
      isAdded: fc.boolean(),
      keys: fc.array(fc.nat(3), { minLength: BANDS, maxLength: BANDS }),
    });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), (records) => {
        const index = createBandIndex(records.length);
        for (const [number, { isAdded, keys }] of records.entries()) {
          if (!isAdded) continue;
          const room = index.add(number);
          room.keys.set(keys, room.at);
        }
        const { nextGroup, members } = index.group(NONE);
        const groups = records.map((_, number) => [...index.groupsOf(number)]);
        for (const [one, { keys, isAdded }] of records.entries()) {
          if (!isAdded) expect(groups[one]).toEqual([]);
          for (const [other, second] of records.entries()) {
            if (one === other || !isAdded || !second.isAdded) continue;
            for (let band = 0; band < BANDS; band += 1) {
              const isShared = groups[one]?.[band] !== 0 && groups[one]?.[band] === groups[other]?.[band];
              expect(isShared).toBe(keys[band] === second.keys[band]);
            }
          }
        }
        const named = groups.flat().filter((group) => group !== 0);
        expect(named.length).toBe(members);
        expect(new Set(named).size).toBe(nextGroup - 1);
      }),
    );
  });

  test('numbers its groups behind those of another one', () => {
    const index = createBandIndex(2);
    for (const record of [0, 1]) {
      const { keys, at } = index.add(record);
      keys.fill(5, at, at + BANDS);
    }
    expect(index.group({ nextGroup: 7, members: 3 })).toEqual({
      nextGroup: 7 + BANDS,
      members: 3 + 2 * BANDS,
    });
    expect(index.groupsOf(1)[0]).toBe(7);
  });
});

describe('createKeptLists()', () => {
  test('counts in how many groups each record is, up to the longest list', () => {
    const lists = createKeptLists({ nextGroup: 4, members: 200 });
    lists.add(3, Uint32Array.of(1, 0, 2));
    lists.add(4, Uint32Array.of(2, 3));
    const counts = new Map<number, number>();
    lists.count(Uint32Array.of(1, 2, 0), counts);
    expect(new Map(counts)).toEqual(
      new Map([
        [3, 2],
        [4, 1],
      ]),
    );
    for (let record = 100; record < 200; record += 1) lists.add(record, Uint32Array.of(3));
    counts.clear();
    lists.count(Uint32Array.of(3), counts);
    expect(counts.size).toBe(32);
  });
});

describe('createSameTexts()', () => {
  test('finds the first with the same text, also where hashes fall together', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 40 });
    fc.assert(
      fc.property(texts, (all) => {
        // Two hashes for five texts.
        const same = createSameTexts(Uint32Array.from(all, (text) => text.charCodeAt(0) % 2));
        const found = all.map((text, record) => same.findOrAdd(record, (other) => all[other] === text));
        expect(found).toEqual(
          all.map((text, record) => (all.indexOf(text) === record ? -1 : all.indexOf(text))),
        );
      }),
    );
  });
});

describe('rankRecords()', () => {
  test('is in the order of quality, gates, length and place', () => {
    const facts = fc.array(fc.tuple(fc.constantFrom(-Infinity, 0, 7.5), fc.nat(1), fc.nat(3)));
    fc.assert(
      fc.property(facts, (all) => {
        const order = rankRecords({
          qualities: Float32Array.from(all, ([quality]) => quality),
          flagged: Uint8Array.from(all, ([, flagged]) => flagged),
          lengths: Uint32Array.from(all, ([, , length]) => length),
        });
        const keys = [...order].map((record) => {
          const [quality, flagged, length] = all[record] ?? [0, 0, 0];
          return [-quality, flagged, -length, record] as const;
        });
        for (const [at, key] of keys.entries()) {
          const before = keys[at - 1];
          if (before === undefined) continue;
          const differs = key.findIndex((part, place) => part !== before[place]);
          expect(key[differs]).toBeGreaterThan(before[differs] ?? 0);
        }
        expect(new Set(order).size).toBe(all.length);
      }),
    );
  });

  test.for<[unknown, number]>([
    [9, 9],
    ['8.5', 8.5],
    ['-1', -1],
    ['8/10', -Infinity],
    [' ', -Infinity],
    [null, -Infinity],
    [true, -Infinity],
    [undefined, -Infinity],
  ])('takes a quality_score of %j for %d', ([given, quality]) => {
    expect(qualityOf({ value: given === undefined ? {} : { quality_score: given as string } })).toBe(quality);
  });
});

describe('createRecent()', () => {
  test('makes again what was not asked for lately', () => {
    const made: number[] = [];
    const recent = createRecent(2, (record) => {
      made.push(record);
      return record;
    });
    for (const record of [1, 2, 1, 3, 1, 2]) expect(recent(record)).toBe(record);
    expect(made).toEqual([1, 2, 3, 2]);
  });
});
