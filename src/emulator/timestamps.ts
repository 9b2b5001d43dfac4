import type { Random } from './random.ts';

/**
 * RFC 3339 in UTC with `digits` fractional digits. The service sends 6 for a file's create and
 * update times and 9 elsewhere (observed); digits below the millisecond are drawn from `random`.
 */
export function formatTimestamp(ms: number, digits: 6 | 9, random: Random): string {
  const below = String(random.integer(1, 10 ** (digits - 3) - 1)).padStart(digits - 3, '0');
  return `${new Date(Math.floor(ms)).toISOString().slice(0, -1)}${below}Z`;
}
