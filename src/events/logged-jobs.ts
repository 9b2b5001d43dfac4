import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** Longer lines than these are none of ours. */
const LONGEST_LINE = 64 * 1024;

/**
 * How many jobs a log tells of that runs over the given state file made. A log that is absent or cannot
 * be read tells of none; lines that are not ours, and runs over other states, count for nothing.
 */
export async function countLoggedJobs(path: string, statePath: string): Promise<number> {
  const runs = new Set<string>();
  const jobs = new Set<string>();
  try {
    const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
    for await (const text of lines) {
      // Cheap first: most lines of a log are about other things.
      if (text.length > LONGEST_LINE || !/"(?:run_started|batch_created|batch_adopted)"/.test(text)) continue;
      const line = readLine(text);
      if (line?.event === 'run_started' && line.data.state === statePath) runs.add(line.run);
      const { job } = line?.data ?? {};
      if (line !== undefined && job !== undefined && runs.has(line.run)) jobs.add(job);
    }
  } catch {
    return jobs.size;
  }
  return jobs.size;
}

const logLine = z.object({
  event: z.enum(['run_started', 'batch_created', 'batch_adopted']),
  run: z.string(),
  data: z.object({ job: z.string().optional(), state: z.string().optional() }),
});

function readLine(text: string): z.infer<typeof logLine> | undefined {
  try {
    return logLine.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
