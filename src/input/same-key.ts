import type { FindingGroups } from './finding-groups.ts';
import type { FindingKind } from './finding.ts';
import { KEY_OF_OTHER_FILE } from './key-table.ts';

/** Whether a line stands at this offset of the file too. */
export type StandsAt = (offset: number, line: Buffer) => boolean;

/** Says of lines with a key that was there before what that means. */
export interface SameKeyNotes {
  /** @param found what the key table answered */
  note(found: number, key: string, line: Buffer, number: number): void;
  /** Where lines begin is unknown behind one that is too long; the file has an error then anyway. */
  loseOffsets(): void;
}

export function createSameKeyNotes(groups: FindingGroups, standsAt: StandsAt | undefined): SameKeyNotes {
  let hasOffsets = true;
  return {
    note(found, exact, line, number) {
      const note = (kind: FindingKind, fact: string): void =>
        groups.add(kind, { line: number, detail: `line ${number} ${fact}`, key: startOf(exact) });
      if (found === KEY_OF_OTHER_FILE) note('key_in_other_file', 'has a key that another file uses too');
      else if (hasOffsets && standsAt?.(found, line) === true) {
        note('repeated_request', 'repeats an earlier request, key and all');
      } else note('duplicate_key', 'has the key of an earlier, different request');
    },
    loseOffsets() {
      hasOffsets = false;
    },
  };
}

const LONGEST_KEY = 80;

/** Copied: a slice would keep the whole of a long key in memory. */
function startOf(key: string): string {
  return Buffer.from(key.slice(0, LONGEST_KEY)).toString();
}
