import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errnoOf } from '../state/disk-error.ts';

/** The path itself, or the first of those above it that exists: where something made at `path` would be. */
export async function nearestExisting(path: string): Promise<string> {
  for (let at = resolve(path); ; at = dirname(at)) {
    try {
      await stat(at);
      return at;
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || at === dirname(at)) throw error;
    }
  }
}
