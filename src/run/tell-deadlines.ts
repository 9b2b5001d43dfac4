import { warnOfDeadlines, warnOfStuckJobs } from '../model/deadline-warnings.ts';
import { deadlinesOf } from '../model/deadlines.ts';
import { pendingJobs } from '../model/pending-age.ts';
import { serviceTime, type RunContext } from '../model/run-context.ts';

/**
 * Warns of what comes to an end soon, and of jobs that do not begin.
 * @param told what was said before in this run
 */
export function tellDeadlines(context: RunContext, batches: readonly number[], told: Set<string>): void {
  const state = context.store.current();
  const now = serviceTime(context);
  const chosen = new Set(batches);
  const isChosen = ({ batch }: { readonly batch: number }): boolean => chosen.has(batch);
  const messages = [
    ...warnOfDeadlines(deadlinesOf(state, now).filter(isChosen), told),
    ...warnOfStuckJobs(pendingJobs(state, now).filter(isChosen), told),
  ];
  for (const message of messages) context.emit({ event: 'warning', message });
}
