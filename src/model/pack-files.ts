import { addLoads, type FileLimits, type FileLoad, limitExceeded } from './file-limits.ts';

/**
 * Puts files into as few packs as the limits allow. Their order is kept and none is cut: each pack is a stretch
 * of them, and no pack takes a file in that the one before had room for.
 * @returns indexes into `loads`, a list for each pack. A file above the limits by itself has a pack of its own.
 */
export function packFiles(loads: readonly FileLoad[], limits: FileLimits): readonly (readonly number[])[] {
  const packs: number[][] = [];
  let held: FileLoad | undefined;
  for (const [index, load] of loads.entries()) {
    const together: FileLoad = held === undefined ? load : addLoads(held, load);
    const last = packs.at(-1);
    if (held === undefined || last === undefined || limitExceeded(together, limits) !== undefined) {
      packs.push([index]);
      held = load;
    } else {
      last.push(index);
      held = together;
    }
  }
  return packs;
}

/**
 * The same into at most `jobs` packs, with the largest of them as small as it can be.
 * @returns `undefined` when the limits leave no such packing
 */
export function packIntoJobs(
  loads: readonly FileLoad[],
  limits: FileLimits,
  jobs: number,
): readonly (readonly number[])[] | undefined {
  const pack = (maxBytes: number): readonly (readonly number[])[] =>
    packFiles(loads, { ...limits, maxBytes });
  if (pack(limits.maxBytes).length > jobs) return undefined;
  let [tooSmall, enough] = [Math.max(0, ...loads.map(({ bytes }) => bytes)) - 1, limits.maxBytes];
  while (enough - tooSmall > 1) {
    const middle = Math.floor((tooSmall + enough) / 2);
    if (pack(middle).length > jobs) tooSmall = middle;
    else enough = middle;
  }
  return pack(enough);
}
