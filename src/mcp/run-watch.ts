import type { LibraryEvent } from '../library/library-options.ts';
import { MOST_PROBLEMS, problem } from './cap.ts';
import type { TellProgress } from './tool.ts';

/** Listens to one run on behalf of a call. */
export interface RunWatch {
  readonly tell: (event: LibraryEvent) => void;
  /** Jobs that were made, or may have been: a create of this run whose answer was lost counts as one. */
  readonly created: () => number;
  /** What went wrong, the last word of each batch and reason, the first twenty. */
  readonly problems: () => readonly string[];
  /** When the wait that was told last is over; `undefined` when none is under way. */
  readonly waitsUntil: (now: Date) => Date | undefined;
  /** True when nothing was uploaded or created for a while: then what is left waits for room. */
  readonly isIdle: (now: Date) => boolean;
}

/** Longer than a create or a small upload takes. */
const IDLE_MS = 10_000;

export function createRunWatch(progress: TellProgress): RunWatch {
  const intended = new Set<number>();
  const spent = new Set<number>();
  let steps = 0;
  let total = 0;
  let waitsUntil: Date | undefined;
  let lastSent: Date | undefined;
  const uploading = new Set<number>();
  const problems = new Map<string, string>();
  const note = (batch: number | undefined, reason: string, message: string): void => {
    const about = `${batch ?? ''} ${reason}`;
    if (problems.size < MOST_PROBLEMS || problems.has(about))
      problems.set(about, problem(batch, reason, message));
  };
  const sent = (event: { readonly time: string }): void => {
    lastSent = new Date(event.time);
  };
  const step = (message: string): void => {
    steps += 1;
    progress(steps, Math.max(total, steps), message);
  };
  const listeners: Listeners = {
    run_started(event) {
      sent(event);
      steps = event.submittedBefore + event.downloadedBefore;
      total = event.command === 'run' ? 2 * event.total : event.total + event.downloadedBefore;
    },
    batch_created(event) {
      spent.add(event.batch);
      waitsUntil = undefined;
      sent(event);
      step(`batch ${event.batch} submitted`);
    },
    batch_adopted: (event) => step(`batch ${event.batch} adopted`),
    result_saved: (event) =>
      step(`batch ${event.batch} collected: ${event.answered} of ${event.lines} answered`),
    upload_started: (event) => void uploading.add(event.batch),
    upload_success(event) {
      uploading.delete(event.batch);
      sent(event);
    },
    rate_limited(event) {
      waitsUntil = new Date(event.resumesAt);
    },
    error(event) {
      if (event.batch !== undefined) uploading.delete(event.batch);
      note(event.batch, event.reason, event.message);
    },
    create_intended: (event) => void intended.add(event.batch),
    batch_uncertain(event) {
      if (intended.has(event.batch)) spent.add(event.batch);
      note(event.batch, 'UNCERTAIN', event.reason);
    },
    warning: (event) => note(event.batch, 'WARNING', event.message),
  };
  return {
    problems: () => [...problems.values()],
    created: () => spent.size,
    waitsUntil: (now) => (waitsUntil !== undefined && waitsUntil > now ? waitsUntil : undefined),
    isIdle: (now) =>
      uploading.size === 0 && lastSent !== undefined && now.getTime() - lastSent.getTime() > IDLE_MS,
    tell(event) {
      const listener: ((event: never) => void) | undefined = listeners[event.type];
      listener?.(event as never); // the listener is the one of its type
    },
  };
}

type Listeners = {
  readonly [Type in LibraryEvent['type']]?: (event: Extract<LibraryEvent, { readonly type: Type }>) => void;
};
