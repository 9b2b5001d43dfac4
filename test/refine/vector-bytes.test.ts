import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toUnitVector, vectorFault } from '../../src/model/vector.ts';
import { bytesOf, floatsIn, nameOf, openVectors } from '../../src/refine/vectors.ts';
import { tempFolder } from '../config/temp-folder.ts';

const SPACE = { model: 'm', taskType: undefined, dimensions: 3 };

test('vectors are found by their text or its name, and are there after a restart', async () => {
  const folder = await tempFolder();
  const first = await openVectors(folder, SPACE, 'write');
  await first?.add([
    { text: 'one', values: [1, 2, 3] },
    { name: nameOf('two'), values: [4, 5, 6] },
    { text: 'one', values: [1, 2, 3] },
  ]);
  await first?.close();
  const again = await openVectors(folder, SPACE, 'read');
  expect(again?.count).toBe(2);
  expect(again?.find('three')).toBe(-1);
  expect(await again?.read(again.find('two'))).toEqual(Float32Array.from([4, 5, 6]));
  expect(again?.findNamed(nameOf('one'))).toBe(again?.find('one'));
  await again?.close();
});

test('a vector without a whole name is what a crash left, and is written over', async () => {
  const folder = await tempFolder();
  const first = await openVectors(folder, SPACE, 'write');
  await first?.add([{ text: 'one', values: [1, 0, 0] }]);
  await first?.add([{ text: 'two', values: [0, 1, 0] }]);
  await first?.close();
  await truncate(join(folder, 'm_any_3', 'names'), 16 + 7);
  const again = await openVectors(folder, SPACE, 'write');
  expect([again?.count, again?.find('two')]).toEqual([1, -1]);
  await again?.add([{ text: 'three', values: [0, 0, 1] }]);
  expect(await again?.read(1)).toEqual(Float32Array.from([0, 0, 1]));
  await again?.close();
});

test('bytes and floats are each other’s, wherever the bytes lie', () => {
  const bytes = bytesOf([1.5, -2, 0]);
  const shifted = Buffer.concat([Buffer.from([9]), bytes]).subarray(1);
  expect(floatsIn(shifted)).toEqual(Float32Array.from([1.5, -2, 0]));
  expect(bytes.toString('hex')).toBe('0000c03f000000c000000000');
});

test.for([
  [[1, 2, 3], undefined],
  [[1, 2], 'dimensions'],
  [[0, 0, 0], 'zero'],
  [[1e-50, 0, 0], 'zero'],
  [[1, 2, null], 'no_vector'],
  [[1, 2, '3'], 'no_vector'],
  [[1, 2, Number.NaN], 'no_vector'],
  [[1, 2, 1e39], 'no_vector'],
  [[], 'no_vector'],
  [undefined, 'no_vector'],
] as const)('%j as a vector of three numbers: %s', ([values, reason]) => {
  expect(vectorFault(values, 3)?.reason).toBe(reason);
});

test('a unit vector has length 1 and the same direction', () => {
  expect([...toUnitVector([3, 0, 4])]).toEqual([Math.fround(0.6), 0, Math.fround(0.8)]);
});
