import { writeFileAtomic } from './atomic-file.ts';
import { readStateBytes, type LoadedState } from './load-state.ts';

/**
 * Keeps what the file said before this run first overwrites it: `<state>.bak` is the last run's good
 * generation, `<state>.older` the older script's file, byte for byte. An `.older` that is there and
 * says something else is never replaced; the next free number is taken.
 */
export async function keepCopies(path: string, bytes: Uint8Array, loaded: LoadedState): Promise<void> {
  if (loaded.migratedFrom === undefined) return writeFileAtomic(`${path}.bak`, bytes);
  for (let number = 1; ; number += 1) {
    const copyPath = number === 1 ? `${path}.older` : `${path}.older.${number}`;
    const existing = await readStateBytes(copyPath);
    if (existing === undefined) return writeFileAtomic(copyPath, bytes);
    if (existing.equals(bytes)) return;
  }
}
