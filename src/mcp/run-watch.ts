import type { LibraryEvent } from '../library/library-options.ts';
import { MOST_PROBLEMS, problem } from './cap.ts';
import type { TellProgress } from './tool.ts';

/** Listens to one run on behalf of a call. */
export interface RunWatch {
  readonly tell: (event: LibraryEvent) => void;
  /** Jobs that were made. */
  readonly created: () => number;
  /** What went wrong, the last word of each batch and reason, the first twenty. */
  readonly problems: () => readonly string[];
  /** When the wait that was told last is over; `undefined` when none is under way. */
  readonly waitsUntil: (now: Date) => Date | undefined;
  /** True while all that the quota holds is under way. */
  readonly isFull: () => boolean;
}

export function createRunWatch(progress: TellProgress): RunWatch {
  let created = 0;
  let steps = 0;
  let total = 0;
  let waitsUntil: Date | undefined;
  let isFull = false;
  const problems = new Map<string, string>();
  const note = (batch: number | undefined, reason: string, message: string): void => {
    const about = `${batch ?? ''} ${reason}`;
    if (problems.size < MOST_PROBLEMS || problems.has(about))
      problems.set(about, problem(batch, reason, message));
  };
  const step = (message: string): void => {
    steps += 1;
    progress(steps, Math.max(total, steps), message);
  };
  const listeners: Listeners = {
    run_started(event) {
      steps = event.submittedBefore + event.downloadedBefore;
      total = event.command === 'run' ? 2 * event.total : event.total + event.downloadedBefore;
    },
    batch_created(event) {
      created += 1;
      waitsUntil = undefined;
      isFull = false;
      step(`batch ${event.batch} submitted`);
    },
    batch_adopted: (event) => step(`batch ${event.batch} adopted`),
    result_saved: (event) =>
      step(`batch ${event.batch} collected: ${event.answered} of ${event.lines} answered`),
    quota_wait() {
      isFull = true;
    },
    rate_limited(event) {
      waitsUntil = new Date(event.resumesAt);
    },
    error: (event) => note(event.batch, event.reason, event.message),
    batch_uncertain: (event) => note(event.batch, 'UNCERTAIN', event.reason),
    warning: (event) => note(event.batch, 'WARNING', event.message),
  };
  return {
    problems: () => [...problems.values()],
    created: () => created,
    waitsUntil: (now) => (waitsUntil !== undefined && waitsUntil > now ? waitsUntil : undefined),
    isFull: () => isFull,
    tell(event) {
      const listener: ((event: never) => void) | undefined = listeners[event.type];
      listener?.(event as never); // the listener is the one of its type
    },
  };
}

type Listeners = {
  readonly [Type in LibraryEvent['type']]?: (event: Extract<LibraryEvent, { readonly type: Type }>) => void;
};
