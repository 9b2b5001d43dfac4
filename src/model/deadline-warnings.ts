import { nameBatches } from './batch-set.ts';
import type { Deadline } from './deadlines.ts';
import type { PendingJob } from './pending-age.ts';
import { formatDuration } from './units.ts';

const HOUR_MS = 3_600_000;

/** A warning is given when less than this is left. */
const HOURS_LEFT: readonly number[] = [1, 2, 6, 12, 24];

/** Of a shorter life than this it is the last quarter that counts; in a longer one 2 h come before it. */
const SHORT_LIFE_HOURS = 8;

/** From here on a person should know that a job does not begin. */
const STUCK_HOURS = 24;

type Subject = 'input' | 'input of a job' | 'job' | 'results';

/** For one, and for many. */
type Numbered = readonly [one: string, many: string];

interface Wording {
  readonly soon: Numbered;
  readonly past: Numbered;
  /** What happens by itself, or what to do. */
  readonly advice: string;
}

const WORDING: Readonly<Record<Subject, Wording>> = {
  input: {
    soon: ['input expires', 'inputs expire'],
    past: ['input has expired', 'inputs have expired'],
    advice: 'what is near its end is uploaded again by itself before its job is made',
  },
  'input of a job': {
    soon: ['input of a pending job expires', 'inputs of pending jobs expire'],
    past: ['input of a pending job has expired', 'inputs of pending jobs have expired'],
    advice: 'a pending job may still need its input; if it fails, `batch-submit retry` uploads it again',
  },
  job: {
    soon: ['job expires', 'jobs expire'],
    past: ['job is older than a job may be', 'jobs are older than a job may be'],
    advice: 'nothing helps but to wait, and `batch-submit retry` after they expire',
  },
  results: {
    soon: ['result may be gone', 'results may be gone'],
    past: ['result may be gone by now', 'results may be gone by now'],
    advice: '`batch-submit download` saves what is there',
  },
};

/**
 * What is to be said of deadlines now: one sentence for each kind and each distance, once.
 * @param told what was said before. It forgets a kind of which nothing is near its end any more, so that
 * the next trouble is news again.
 */
export function warnOfDeadlines(deadlines: readonly Deadline[], told: Set<string>): readonly string[] {
  return (Object.keys(WORDING) as Subject[]).flatMap((subject) => {
    const groups = new Map<Distance, Deadline[]>();
    for (const deadline of deadlines) {
      const distance = subjectOf(deadline) === subject ? distanceOf(deadline) : undefined;
      if (distance !== undefined) groups.set(distance, [...(groups.get(distance) ?? []), deadline]);
    }
    if (groups.size === 0) {
      for (const key of told) if (key.startsWith(`${subject}:`)) told.delete(key);
    }
    return [...groups].flatMap(([distance, group]) => {
      const key = `${subject}: ${distance}`;
      if (told.has(key)) return [];
      told.add(key);
      return [describeGroup(WORDING[subject], distance, group)];
    });
  });
}

/** Said once: jobs that have been pending for a day. They are never submitted again while they live. */
export function warnOfStuckJobs(pending: readonly PendingJob[], told: Set<string>): readonly string[] {
  const stuck = pending.filter(({ hours }) => hours >= STUCK_HOURS);
  if (stuck.length === 0 || told.has('stuck')) return [];
  told.add('stuck');
  const oldest = Math.floor(Math.max(...stuck.map(({ hours }) => hours)));
  const batches = nameBatches(stuck.map(({ batch }) => batch));
  const jobs = stuck.length === 1 ? '1 job is' : `${stuck.length} jobs are`;
  return [
    `${jobs} pending for ${STUCK_HOURS} hours or more, the oldest for ${oldest} hours (${batches}); creating such jobs anew did not help others, and a job expires after 48 hours`,
  ];
}

function subjectOf({ what, hasJob }: Deadline): Subject {
  return what === 'input' && hasJob ? 'input of a job' : what;
}

type Distance = 'past' | 'quarter' | `${number}`;

/** `undefined` while there is time. */
function distanceOf({ hoursLeft, lifeHours }: Deadline): Distance | undefined {
  if (hoursLeft <= 0) return 'past';
  if (lifeHours !== undefined && lifeHours < SHORT_LIFE_HOURS)
    return hoursLeft < lifeHours / 4 ? 'quarter' : undefined;
  const hours = HOURS_LEFT.find((threshold) => hoursLeft < threshold);
  return hours === undefined ? undefined : `${hours}`;
}

function describeGroup(
  { soon, past, advice }: Wording,
  distance: Distance,
  group: readonly Deadline[],
): string {
  const [one, many] = distance === 'past' ? past : soon;
  const when = distance === 'past' ? '' : ` in less than ${timeLeft(distance, group)}`;
  const batches = nameBatches(group.map(({ batch }) => batch));
  return `${group.length} ${group.length === 1 ? one : many}${when} (${batches}); ${advice}`;
}

function timeLeft(distance: Distance, group: readonly Deadline[]): string {
  if (distance !== 'quarter') return distance === '1' ? '1 hour' : `${distance} hours`;
  const lives = group.map(({ lifeHours = 0 }) => lifeHours * HOUR_MS);
  return formatDuration(Math.max(...lives) / 4);
}
