import { expect, test } from 'vitest';
import { concurrencyFor } from '../../src/model/concurrency.ts';

const MIB = 1024 * 1024;

test.for([
  { sizes: [1, MIB], files: 24 },
  { sizes: [1, MIB + 1], files: 16 },
  { sizes: [MIB, 8 * MIB], files: 16 },
  { sizes: [MIB, 8 * MIB + 1], files: 8 },
])('the largest of $sizes decides: $files at once', ({ sizes, files }) => {
  expect(concurrencyFor(sizes)).toBe(files);
});
