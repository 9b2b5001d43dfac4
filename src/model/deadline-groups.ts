import { nameBatches } from './batch-set.ts';
import type { Deadline, DeadlineKind } from './deadlines.ts';
import { formatHours } from './units.ts';

/** Deadlines of one kind within the same hour. */
export interface DeadlineGroup {
  readonly what: DeadlineKind;
  /** The first of them. */
  readonly at: string;
  readonly hoursLeft: number;
  readonly batches: readonly number[];
}

/** The nearest group first. */
export function groupDeadlines(deadlines: readonly Deadline[]): readonly DeadlineGroup[] {
  const groups = new Map<string, DeadlineGroup>();
  const nearestFirst = [...deadlines].sort((a, b) => a.hoursLeft - b.hoursLeft || a.batch - b.batch);
  for (const { what, at, hoursLeft, batch } of nearestFirst) {
    const key = `${what} ${Math.floor(hoursLeft)}`;
    const group = groups.get(key) ?? { what, at, hoursLeft, batches: [] };
    groups.set(key, { ...group, batches: [...group.batches, batch].sort((a, b) => a - b) });
  }
  return [...groups.values()];
}

/** `inputs of batches 3-14 expire in 5 h` */
export function describeDeadlines({ what, hoursLeft, batches }: DeadlineGroup): string {
  const isOne = batches.length === 1;
  const owner = nameBatches(batches);
  const isPast = hoursLeft <= 0;
  const when = isPast ? 'by now' : `in ${formatHours(hoursLeft)}`;
  switch (what) {
    case 'input': {
      const verb = isPast ? (isOne ? 'has expired' : 'have expired') : isOne ? 'expires' : 'expire';
      return `${isOne ? 'input' : 'inputs'} of ${owner} ${verb}${isPast ? '' : ` ${when}`}`;
    }
    case 'job':
      return isPast
        ? `${isOne ? 'job' : 'jobs'} of ${owner} ${isOne ? 'is' : 'are'} older than a job may be`
        : `${isOne ? 'job' : 'jobs'} of ${owner} ${isOne ? 'expires' : 'expire'} ${when}`;
    case 'results':
      return `results of ${owner} may be gone ${when}`;
  }
}
