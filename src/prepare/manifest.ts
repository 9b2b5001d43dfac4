import { basename, join } from 'node:path';
import { foldRanges } from '../model/line-ranges.ts';
import type { InputFile } from '../model/plan.ts';
import { pathFrom } from '../state/state-paths.ts';
import { createPrepared } from './batch-writer.ts';
import type { Source } from './check-sources.ts';
import type { NumberedFile } from './prepared.ts';
import type { Unpublished } from './publish.ts';

/** Tells beside the packed files which of their lines are from where. */
const MANIFEST_NAME = 'merged_input.json';

export interface ManifestFacts {
  readonly folder: string;
  readonly numbered: readonly NumberedFile[];
  readonly sources: readonly Source[];
  /** The batches that the sources are, in the same order. */
  readonly files: readonly InputFile[];
  readonly prefixKeys: boolean;
  readonly isDry: boolean;
  /** Absolute: what the names of the sources start from, where that is not the process's own folder. */
  readonly workFolder?: string | undefined;
}

/**
 * Writes the manifest under a temporary name. It holds no time, so that the same input gives the same bytes.
 * @throws {BatchSubmitError} `E_DISK`
 */
export async function makeManifest(facts: ManifestFacts): Promise<Unpublished> {
  const { folder, numbered, sources, files, prefixKeys, isDry, workFolder } = facts;
  const nameOf = (path: string | undefined): string | undefined =>
    path === undefined || workFolder === undefined ? path : pathFrom(workFolder, path);
  const document = {
    schemaVersion: 1,
    prefixKeys,
    files: numbered.map(({ batch, path, load, sha256, origins }) => ({
      batch,
      file: basename(path),
      lines: load.lines,
      sha256,
      sources: origins.map(({ source, lines, first, last }) => ({
        at: foldRanges([[first, last]]),
        batch: files[source]?.batch,
        file: nameOf(sources[source]?.path),
        lines: foldRanges(lines),
        sha256: sources[source]?.sha256,
      })),
    })),
  };
  const output = await createPrepared(folder, isDry);
  try {
    await output.write(Buffer.from(`${JSON.stringify(document, null, 2)}\n`));
    await output.seal();
  } catch (error) {
    await output.discard();
    throw error;
  }
  return { ...output.written(), path: join(folder, MANIFEST_NAME), output };
}
