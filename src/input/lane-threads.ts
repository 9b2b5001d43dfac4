import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Done, LaneAnswer, Lanes } from './lanes.ts';
import type { Segment } from './segments.ts';

/** Below this the threads may take longer to start, and to get fast, than they save. */
const WORTH_THREADS_BYTES = 128 * 1024 ** 2;
/** A line is parsed and forgotten at once; given more room, a thread grows and is no faster for it. */
const YOUNG_MB = 2;
/** One more reads, hashes and puts together, and takes less than each of these. */
const THREADS = 2;

/** Whether a file of this size is read faster by threads, and there are any. */
export function areLanesWorth(sizeBytes: number): boolean {
  // From the sources there is no module that a thread could load on every Node.
  const isCompiled = import.meta.url.endsWith('.js');
  return isCompiled && sizeBytes >= WORTH_THREADS_BYTES && availableParallelism() > 1;
}

/**
 * Starts threads that import the module at `url`, whose `createLane(setup)` makes or promises their work.
 * `setup` is copied to them, but for shared memory.
 */
export function startThreads<A extends LaneAnswer>(url: URL, setup: unknown): Lanes<A> {
  const threads: Thread<A>[] = [];
  let next = 0;
  return {
    count: THREADS,
    run(segment, room) {
      const thread = (threads[next] ??= startThread(url, setup));
      next = (next + 1) % THREADS;
      return thread.run(segment, room);
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.stop()));
    },
  };
}

interface Thread<A> {
  run(segment: Segment, room: Uint32Array | undefined): Promise<Done<A>>;
  stop(): Promise<unknown>;
}

interface Waiting<A> {
  readonly segment: Segment;
  readonly resolve: (done: Done<A>) => void;
  readonly reject: (error: unknown) => void;
}

/** What goes to a thread. The memory of bytes and numbers is handed over both ways, not copied. */
export interface LaneTask {
  readonly segment: Segment;
  readonly room: Uint32Array | undefined;
}

/** What comes back. */
export interface LaneResult {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly answer: LaneAnswer;
}

function startThread<A>(url: URL, setup: unknown): Thread<A> {
  const worker = new Worker(new URL('./lane-thread.js', import.meta.url), {
    workerData: { url: url.href, setup },
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  const waiting: Waiting<A>[] = [];
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown): void => {
    failure ??= { error };
    for (const { reject } of waiting.splice(0)) reject(failure.error);
  };
  worker.on('message', ({ bytes, answer }: LaneResult) => {
    const first = waiting.shift();
    const back = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    first?.resolve({ segment: { ...first.segment, bytes: back }, answer: answer as A });
  });
  worker.on('error', fail);
  worker.on('messageerror', fail);
  worker.on('exit', () => fail(new Error('a thread ended before its work was done')));
  return {
    run: (segment, room) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) throw failure.error;
        waiting.push({ segment, resolve, reject });
        const task: LaneTask = { segment, room };
        const handed = [segment.bytes, ...(room === undefined ? [] : [room])];
        worker.postMessage(
          task,
          handed.map(({ buffer }) => buffer as ArrayBuffer),
        );
      }),
    stop: () => worker.terminate(),
  };
}
