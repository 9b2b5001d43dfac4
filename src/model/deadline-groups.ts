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
  const groups = new Map<string, DeadlineGroup & { readonly batches: number[] }>();
  const nearestFirst = [...deadlines].sort((a, b) => a.hoursLeft - b.hoursLeft || a.batch - b.batch);
  for (const { what, at, hoursLeft, batch } of nearestFirst) {
    const key = `${what} ${Math.floor(hoursLeft)}`;
    const group = groups.get(key) ?? { what, at, hoursLeft, batches: [] };
    group.batches.push(batch);
    groups.set(key, group);
  }
  for (const { batches } of groups.values()) batches.sort((a, b) => a - b);
  return [...groups.values()];
}

/**
 * `inputs of batches 3-14 expire in 5 h`
 * @param name how the batches are named; one that shortens them may be needed where they are many
 */
export function describeDeadlines(
  { what, hoursLeft, batches }: DeadlineGroup,
  name: (batches: readonly number[]) => string = nameBatches,
): string {
  const isOne = batches.length === 1;
  const owner = name(batches);
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
