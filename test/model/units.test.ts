import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatHours,
  parseBytes,
  parseDuration,
} from '../../src/model/units.ts';

describe('parseDuration()', () => {
  test.for([
    ['200ms', 200],
    ['3m', 180_000],
    ['12h', 43_200_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1.5s', 1500],
    [' 90 ', 90_000],
    ['0', 0],
    ['', undefined],
    ['m', undefined],
    ['-3m', undefined],
    ['3 m', undefined],
    ['3M', undefined],
    ['1e3', undefined],
    ['.5s', undefined],
    ['3m5', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
  ] as const)('%j is %s', ([text, ms]) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test('takes linear time', () => {
    const started = performance.now();
    for (const piece of ['1', '1m', '1.', '1.1', 'm', ' ']) parseDuration(`${piece.repeat(100_000)}!`);
    expect(performance.now() - started).toBeLessThan(300);
  });
});

describe('formatDuration()', () => {
  test.for([
    [0, '0ms'],
    [450, '450ms'],
    [3100, '3.1s'],
    [12_000, '12s'],
    [180_000, '3m'],
    [161_000, '2m 41s'],
    [3_720_000, '1h 02m'],
    [43_200_000, '12h'],
  ] as const)('%d ms is "%s"', ([ms, text]) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('can be read back to within its own rounding', () => {
    fc.assert(
      fc.property(fc.nat(86_400_000), (ms) => {
        const back = parseDuration(formatDuration(ms).replace(' ', '')) ?? Number.NaN;
        expect(Math.abs(back - ms)).toBeLessThanOrEqual(ms < 10_000 ? 50 : ms < 3_600_000 ? 500 : 60_000);
      }),
    );
  });
});

describe('formatBytes()', () => {
  test.for([
    [0, '0 B'],
    [999, '999 B'],
    [350_000, '350 KB'],
    [12_400_000, '12.4 MB'],
    [2_500_000_000, '2.5 GB'],
  ] as const)('%d is "%s"', ([bytes, text]) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('formatHours()', () => {
  test.for([
    [26.99, '26 h'],
    [1, '1 h'],
    [0.999, '59 min'],
    [0.2, '12 min'],
    [0, '0 min'],
    [-3, '0 min'],
  ] as const)('%d h is %s', ([hours, text]) => {
    expect(formatHours(hours)).toBe(text);
  });
});

describe('parseBytes()', () => {
  test.for([
    ['500MB', 500_000_000],
    ['1.5 GB', 1_500_000_000],
    ['64MiB', 67_108_864],
    ['2gib', 2_147_483_648],
    ['10kb', 10_000],
    ['7B', 7],
    [' 4096 ', 4096],
    ['0', undefined],
    ['0.1', undefined],
    ['', undefined],
    ['MB', undefined],
    ['-1MB', undefined],
    ['1e6', undefined],
    ['5 M', undefined],
    ['5  MB', undefined],
    ['1MB2', undefined],
    ['999999999999999GB', undefined],
  ] as const)('%j is %s', ([text, bytes]) => {
    expect(parseBytes(text)).toBe(bytes);
  });
});
