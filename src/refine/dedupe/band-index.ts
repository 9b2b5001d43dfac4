import { BANDS } from './bands.ts';
import { createSlots, firstSlot, nextSlot } from './slots.ts';

/** Which records share a band. About 88 bytes a record that was added, taken as they are added. */
export interface BandIndex {
  /** Room for the keys of the record's bands, and where they begin. Each record is added once, at most. */
  add(record: number): { readonly keys: Uint32Array; readonly at: number };
  /**
   * Puts the records with the same key in the same band into one group, once all are added.
   * @param before those that other records are in
   */
  group(before: Groups): Groups;
  /** The groups of a record; 0 where nothing else has its band. */
  groupsOf(record: number): Uint32Array;
}

export interface Groups {
  /** Number behind that of the last group; 0 is none. */
  readonly nextGroup: number;
  /** How many there are in all groups together. */
  readonly members: number;
}

const NONE: Uint32Array = new Uint32Array();

/** @param most so many records can be added; memory that is not needed is not taken */
export function createBandIndex(most: number): BandIndex {
  const keys = new Uint32Array(most * BANDS);
  /** By record: 1 + where it is among the keys. */
  const rows = new Uint32Array(most);
  let count = 0;
  return {
    add(record) {
      const at = count * BANDS;
      count += 1;
      rows[record] = count;
      return { keys, at };
    },
    group(before) {
      if (count === 0) return before;
      let after = before;
      const slots = createSlots(count);
      const groups = new Uint32Array(count);
      for (let band = 0; band < BANDS; band += 1) {
        if (band > 0) slots.fill(0);
        after = groupBand(keys, band, { slots, groups, before: after });
      }
      return after;
    },
    groupsOf(record) {
      const row = rows[record] ?? 0;
      return row === 0 ? NONE : keys.subarray((row - 1) * BANDS, row * BANDS);
    },
  };
}

interface Grouping {
  /** 1 + the row that has a key first. */
  readonly slots: Uint32Array;
  /** The group of each row. */
  readonly groups: Uint32Array;
  readonly before: Groups;
}

/** Replaces the keys of one band with groups. */
function groupBand(keys: Uint32Array, band: number, { slots, groups, before }: Grouping): Groups {
  let { nextGroup, members } = before;
  for (let row = 0; row < groups.length; row += 1) {
    const key = keys[row * BANDS + band] ?? 0;
    groups[row] = 0;
    let slot = firstSlot(key, slots);
    while (true) {
      const first = slots[slot] ?? 0;
      if (first === 0) {
        slots[slot] = row + 1;
        break;
      }
      if (keys[(first - 1) * BANDS + band] === key) {
        if (groups[first - 1] === 0) groups[first - 1] = nextGroup++;
        groups[row] = groups[first - 1] ?? 0;
        break;
      }
      slot = nextSlot(slot, slots);
    }
  }
  for (let row = 0; row < groups.length; row += 1) {
    const group = groups[row] ?? 0;
    if (group !== 0) members += 1;
    keys[row * BANDS + band] = group;
  }
  return { nextGroup, members };
}
