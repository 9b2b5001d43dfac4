import type { Job } from './job.ts';
import type { JobPhase } from './job-lifecycle.ts';
import { finishedCount } from './job-stats.ts';
import { compact, type JsonObject } from './json.ts';
import type { Settings } from './options.ts';
import { resultOf } from './item-results.ts';

/** The results of an inline job, in request order, each with the metadata its request came with. */
export function inlinedResponses(
  settings: Settings,
  job: Job,
  phase: JobPhase,
  items: readonly JsonObject[],
): readonly JsonObject[] {
  const shown = phase.state === 'cancelled' ? items.slice(0, finishedCount(job, phase)) : items;
  return shown.flatMap((item, index) => {
    const { outcome, fate } = resultOf(settings, job, phase, item, index);
    const result = compact({ ...outcome, metadata: item['metadata'] });
    return Array.from({ length: fate.copies }, () => result);
  });
}
