/** Why a list is no vector that could be compared with others. */
export interface VectorFault {
  /** A short stable word. */
  readonly reason: 'no_vector' | 'dimensions' | 'zero';
  /** Follows "the embedding ". */
  readonly fact: string;
}

/**
 * @param dimensions how many numbers were asked for; `undefined` where nobody said
 * @returns `undefined` for a list of finite numbers, of the right length, that are not all zero
 */
export function vectorFault(values: unknown, dimensions: number | undefined): VectorFault | undefined {
  if (!Array.isArray(values) || values.length === 0) return { reason: 'no_vector', fact: 'holds no numbers' };
  // As it is kept: what is too large for 32 bits would be infinite there.
  if (!values.every((value) => typeof value === 'number' && Number.isFinite(Math.fround(value))))
    return { reason: 'no_vector', fact: 'holds something else than numbers' };
  if (dimensions !== undefined && values.length !== dimensions)
    return {
      reason: 'dimensions',
      fact: `has ${values.length} dimensions where ${dimensions} were asked for`,
    };
  if (values.every((value) => Math.fround(Number(value)) === 0))
    return { reason: 'zero', fact: 'is zero in every dimension' };
  return undefined;
}

/**
 * The vector with length 1. The service does that for 3072 dimensions alone; of unit vectors the inner product is the
 * cosine, whatever program reads them.
 */
export function toUnitVector(values: ArrayLike<number>): Float32Array {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += (values[index] ?? 0) ** 2;
  const length = Math.sqrt(sum) || 1;
  return Float32Array.from(values, (value) => value / length);
}
