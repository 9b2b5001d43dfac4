import { describe, expect, test } from 'vitest';
import { createTransferRate } from '../../src/cli/output/transfer-rate.ts';

describe('createTransferRate()', () => {
  test('knows no rate in the first second', () => {
    const rate = createTransferRate(5000);
    rate.add(1_000_000, 5100);
    expect(rate.perSecond(5999)).toBeUndefined();
    expect(rate.perSecond(6000)).toBe(1_000_000);
  });

  test('is all bytes over all time while the window is not full', () => {
    const rate = createTransferRate(0);
    for (let at = 1000; at <= 10_000; at += 1000) rate.add(3_000_000, at);
    expect(rate.perSecond(10_000)).toBe(3_000_000);
  });

  test('forgets what was sent before the window', () => {
    const rate = createTransferRate(0);
    rate.add(900_000_000, 400);
    rate.add(14_500_000, 20_000);
    // At 20 s the window goes back to 5.5 s: thirty half seconds, the last of which has just begun.
    expect(rate.perSecond(20_000)).toBe(1_000_000);
  });

  test('is zero when nothing was sent for as long as the window', () => {
    const rate = createTransferRate(0);
    rate.add(50_000_000, 3000);
    expect(rate.perSecond(17_999)).toBeGreaterThan(0);
    expect(rate.perSecond(18_000)).toBe(0);
  });

  test('keeps the bytes of any number of reports', () => {
    const rate = createTransferRate(0);
    for (let at = 0; at < 10_000; at += 1) rate.add(1000, at);
    expect(rate.perSecond(10_000)).toBe(1_000_000);
  });
});
