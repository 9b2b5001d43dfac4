import { type DamageBook, damagedLine, kindsOf } from './damage-book.ts';
import { requestKey, resultOf } from './item-results.ts';
import type { Job } from './job.ts';
import type { JobPhase } from './job-lifecycle.ts';
import { finishedCount } from './job-stats.ts';
import { compact, type JsonObject } from './json.ts';
import type { Settings } from './options.ts';

interface Desk {
  readonly settings: Settings;
  readonly damaged: DamageBook;
}

/** The results of an inline job, in request order, each with the metadata its request came with. */
export function inlinedResponses(
  { settings, damaged }: Desk,
  job: Job,
  phase: JobPhase,
  items: readonly JsonObject[],
): readonly JsonObject[] {
  const shown = phase.state === 'cancelled' ? items.slice(0, finishedCount(job, phase)) : items;
  const results = shown.map((item, index) => {
    const { outcome, other = outcome, fate } = resultOf(settings, job, phase, item, index);
    // A document cannot hold half a line.
    const line = fate.line === 'garbled' ? 'once' : fate.line;
    const metadata = item['metadata'];
    const copies = [compact({ ...outcome, metadata }), compact({ ...other, metadata })];
    return {
      bodies: copies.slice(0, { missing: 0, once: 1, duplicate: 2, conflicting: 2 }[line]),
      damage: damagedLine(job, index, requestKey(item), kindsOf({ ...fate, line })),
    };
  });
  damaged.note(
    job,
    results.map(({ damage }) => damage).filter(({ kinds }) => kinds.length > 0),
  );
  return results.flatMap(({ bodies }) => bodies);
}
