import type { Groups } from './band-index.ts';

/** The records that are kept, by the groups they are in. */
export interface KeptLists {
  /** Puts a record into the lists of its groups; group 0 is none. A list that is full takes no more. */
  add(record: number, groups: Uint32Array): void;
  /** Counts for each record that is kept in how many of these groups it is. */
  count(groups: Uint32Array, counts: Map<number, number>): void;
}

/**
 * Longest list. What a thousand different texts have in common is a form that they fill in; to compare each with each
 * would take a million looks.
 */
const LONGEST = 32;

export function createKeptLists({ nextGroup, members }: Groups): KeptLists {
  /** By group: 1 + its newest entry, and how many it has. */
  const heads = new Uint32Array(nextGroup);
  const lengths = new Uint8Array(nextGroup);
  const records = new Uint32Array(members);
  const next = new Uint32Array(members);
  let used = 0;
  return {
    add(record, groups) {
      for (const group of groups) {
        if (group === 0 || (lengths[group] ?? 0) >= LONGEST) continue;
        records[used] = record;
        next[used] = heads[group] ?? 0;
        used += 1;
        heads[group] = used;
        lengths[group] = (lengths[group] ?? 0) + 1;
      }
    },
    count(groups, counts) {
      for (const group of groups) {
        if (group === 0) continue;
        for (let entry = heads[group] ?? 0; entry > 0; entry = next[entry - 1] ?? 0) {
          const record = records[entry - 1] ?? 0;
          counts.set(record, (counts.get(record) ?? 0) + 1);
        }
      }
    },
  };
}
