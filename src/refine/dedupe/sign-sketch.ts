import { mix } from './mix.ts';
import type { Sketcher } from './sketch.ts';

/** Sketches vectors: two agree in a place with the probability `1 - angle / π`. */
export interface SignSketcher {
  /** @returns a 1 or a 0 for each place, valid until the next call */
  sketch(vector: Float32Array): ReturnType<Sketcher['sketch']>;
}

/**
 * On which side of some random planes a vector is. They come from a rotation that is as good as random: signs turned
 * by chance and a Walsh-Hadamard transform, twice. It takes n log n steps, where n planes of numbers drawn by chance
 * take the square of n, and unlike planes of a few numbers it sees a vector along one axis as well as any other.
 */
export function createSignSketcher(dimensions: number, places: number): SignSketcher {
  const size = 2 ** Math.ceil(Math.log2(Math.max(dimensions, places)));
  const turned = new Float64Array(size);
  const signs = new Int32Array(places);
  return {
    sketch(vector) {
      turned.fill(0);
      turned.set(vector);
      for (let round = 0; round < 2; round += 1) {
        for (let at = 0; at < size; at += 1) {
          if ((mix(at + round * size + 1) & 1) === 1) turned[at] = -(turned[at] ?? 0);
        }
        transform(turned);
      }
      for (let place = 0; place < places; place += 1) signs[place] = (turned[place] ?? 0) > 0 ? 1 : 0;
      return signs;
    },
  };
}

/** How likely two vectors with this cosine are on one side of a random plane. */
export function agreementOf(cosine: number): number {
  return 1 - Math.acos(Math.min(cosine, 1)) / Math.PI;
}

/** The cosine of the angle between two vectors; 0 when one of them is no direction. */
export function cosineOf(one: Float32Array, other: Float32Array): number {
  let [product, square, otherSquare] = [0, 0, 0];
  for (let at = 0; at < one.length; at += 1) {
    const [value, otherValue] = [one[at] ?? 0, other[at] ?? 0];
    product += value * otherValue;
    square += value * value;
    otherSquare += otherValue * otherValue;
  }
  const length = Math.sqrt(square * otherSquare);
  return length > 0 ? product / length : 0;
}

/** Walsh-Hadamard, in place; its length is kept in proportion, which is all that signs need. */
function transform(values: Float64Array): void {
  for (let half = 1; half < values.length; half *= 2) {
    for (let start = 0; start < values.length; start += 2 * half) {
      for (let at = start; at < start + half; at += 1) {
        const [first, second] = [values[at] ?? 0, values[at + half] ?? 0];
        values[at] = first + second;
        values[at + half] = first - second;
      }
    }
  }
}
