import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Progress } from '../model/progress.ts';
import { temporaryPathFor } from './atomic-file.ts';

/** How far a run is, as it leaves it for who watches from another terminal. */
export interface ProgressNote {
  /** The run that wrote it. */
  readonly run: string;
  readonly progress: Progress;
}

export function progressPathFor(statePath: string): string {
  return `${statePath}.live`;
}

/**
 * Replaces the note. Nothing depends on it, so it is not flushed, and a reader sees the old one or the new one.
 * @throws the file system's error
 */
export async function writeProgressNote(path: string, { run, progress }: ProgressNote): Promise<void> {
  const { uploads } = progress;
  const plain =
    uploads === undefined ? progress : { ...progress, uploads: { ...uploads, files: [...uploads.files] } };
  const temporaryPath = temporaryPathFor(path);
  try {
    await writeFile(temporaryPath, `${JSON.stringify({ version: 1, run, progress: plain })}\n`, {
      flag: 'wx',
      mode: 0o600,
    });
    await rename(temporaryPath, path);
  } catch (error) {
    await rm(temporaryPath, { force: true });
    throw error;
  }
}

/** `undefined` when there is none, or none that can be read: then nobody can tell how far the run is. */
export async function readProgressNote(path: string): Promise<ProgressNote | undefined> {
  try {
    return note.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

const count = z.int().nonnegative();
const transfer = z.object({
  sentBytes: count,
  totalBytes: count,
  bytesPerSecond: z.number().optional(),
  leftMs: z.number().optional(),
});

const note = z.object({
  version: z.literal(1),
  run: z.string(),
  progress: z.object({
    batches: z
      .object({
        total: count,
        submitted: count,
        counts: z.object({
          notSubmitted: count,
          uncertain: count,
          pending: count,
          running: count,
          succeeded: count,
          failed: count,
          expired: count,
          cancelled: count,
          downloaded: count,
        }),
        requests: z.object({ planned: count.optional(), answered: count, unanswered: count }),
      })
      .optional(),
    creates: z
      .object({
        underWay: count,
        inUse: z.object({
          jobs: count,
          tokens: count,
          mostJobs: count.optional(),
          mostTokens: count.optional(),
        }),
      })
      .optional(),
    wait: z.object({ heldUntil: z.number(), orWhenAJobEnds: z.boolean(), forJobs: z.boolean() }),
    uploads: transfer
      .extend({ files: z.array(z.tuple([count, transfer])).transform((files) => new Map(files)) })
      .optional(),
  }),
});
