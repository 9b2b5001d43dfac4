import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** Longer lines than these are none of ours. */
const LONGEST_LINE = 64 * 1024;

/**
 * How many jobs a log tells of. A log that is absent or cannot be read tells of none; lines that are not
 * ours count for nothing.
 */
export async function countLoggedJobs(path: string): Promise<number> {
  const jobs = new Set<string>();
  try {
    const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
    for await (const line of lines) {
      // Cheap first: most lines of a log are about other things.
      if (line.length > LONGEST_LINE || !line.includes('"batch_')) continue;
      const job = jobIn(line);
      if (job !== undefined) jobs.add(job);
    }
  } catch {
    return jobs.size;
  }
  return jobs.size;
}

const jobEvent = z.object({
  event: z.enum(['batch_created', 'batch_adopted']),
  data: z.object({ job: z.string() }),
});

function jobIn(line: string): string | undefined {
  try {
    return jobEvent.safeParse(JSON.parse(line)).data?.data.job;
  } catch {
    return undefined;
  }
}
