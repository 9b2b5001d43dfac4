import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** A job that a cleanup deleted. */
export interface DeletedJob {
  readonly name: string;
  readonly displayName: string;
  readonly model: string | undefined;
  /** The log that tells of it. */
  readonly log: string;
}

/**
 * The jobs that cleanups deleted, as the log tells. A log that is absent tells of none, and so does one from where
 * it cannot be read; lines that are not ours count for nothing.
 */
export async function readDeletedJobs(path: string): Promise<readonly DeletedJob[]> {
  const deleted: DeletedJob[] = [];
  try {
    const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
    for await (const text of lines) {
      // Cheap first: most lines of a log are about other things.
      if (!text.includes('"job_deleted"')) continue;
      const line = readLine(text);
      if (line === undefined) continue;
      const { job, displayName, model } = line.data;
      deleted.push({ name: job, displayName, model, log: path });
    }
  } catch {
    return deleted;
  }
  return deleted;
}

const logLine = z.object({
  event: z.literal('job_deleted'),
  data: z.object({ job: z.string(), displayName: z.string(), model: z.string().optional() }),
});

function readLine(text: string): z.infer<typeof logLine> | undefined {
  try {
    return logLine.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
