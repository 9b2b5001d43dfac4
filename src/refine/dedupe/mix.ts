/** Spreads 32 bits over 32 bits, as MurmurHash3 ends: no two numbers come out the same. Signed. */
export function mix(bits: number): number {
  const once = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}

/** One number of two, in which their order counts. */
export function mixTwo(first: number, second: number): number {
  return mix(Math.imul(first, 0x9e3779b1) + second);
}
