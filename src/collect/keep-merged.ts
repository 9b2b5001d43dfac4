import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readResults } from '../audit/read-results.ts';
import { diskError } from '../state/disk-error.ts';
import { holdsBytes } from '../state/hash-file.ts';
import { publishResult, sizeOf } from './result-file.ts';

/**
 * Keeps a merged file that is about to be replaced, if it holds answers that the new one does not: their
 * results were removed since, or only another state knows their batches. What is kept already, byte for byte,
 * is not kept twice.
 * @param answered how many answers the new file holds, by batch
 * @returns where it is kept; `undefined` when nothing is lost with it
 * @throws {BatchSubmitError} `E_DISK`
 */
export async function keepMerged(
  path: string,
  answered: ReadonlyMap<number, number>,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if ((await sizeOf(path)) === undefined) return undefined;
  try {
    const before = await describeMerged(path, signal);
    const isCovered = [...before.answered].every(([batch, count]) => count <= (answered.get(batch) ?? 0));
    if (isCovered) return undefined;
    const folder = dirname(path);
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.filter((one) => one.isFile() && COPY.test(one.name))) {
      const copy = join(folder, entry.name);
      if (await holdsBytes(copy, before)) return copy;
    }
    const kept = join(folder, freeName(new Set(entries.map(({ name }) => name))));
    await publishResult(path, kept, folder);
    return kept;
  } catch (error) {
    throw diskError('keep the answers of', path, error);
  }
}

const COPY = /^merged\.previous(?:-\d+)?\.jsonl$/;

/** Of lines that name no batch, which no merged file of ours has, nothing can be said: they are kept too. */
const NO_BATCH = -1;

interface MergedFacts {
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Lines with a response, by batch. */
  readonly answered: ReadonlyMap<number, number>;
}

async function describeMerged(path: string, signal: AbortSignal | undefined): Promise<MergedFacts> {
  const answered = new Map<number, number>();
  const { sizeBytes, sha256 } = await readResults(
    path,
    ({ answer }) => {
      if (answer?.['response'] === undefined) return;
      const batch = typeof answer['batch'] === 'number' ? answer['batch'] : NO_BATCH;
      answered.set(batch, (answered.get(batch) ?? 0) + 1);
    },
    signal,
  );
  return { sizeBytes, sha256, answered };
}

function freeName(taken: ReadonlySet<string>): string {
  let name = 'merged.previous.jsonl';
  for (let number = 2; taken.has(name); number += 1) name = `merged.previous-${number}.jsonl`;
  return name;
}
