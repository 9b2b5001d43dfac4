import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** Small enough that all threads end together, large enough that the messages cost nothing. */
const CHUNK = 250;

/** Threads that take ranges of seeds from one queue. */
export function openCrew(size = availableParallelism()) {
  const workers = Array.from({ length: size }, () => new Worker(new URL('worker.mjs', import.meta.url)));
  const idle = [...workers];
  /** @type {{ task: object, resolve: Function, reject: Function }[]} */
  const waiting = [];

  function next() {
    while (idle.length > 0 && waiting.length > 0) {
      const worker = idle.pop();
      const { task, resolve, reject } = waiting.shift();
      const onError = (error) => reject(error);
      worker.once('error', onError);
      worker.once('message', (answer) => {
        worker.off('error', onError);
        idle.push(worker);
        if (answer.error === undefined) resolve(answer);
        else reject(new Error(answer.error));
        next();
      });
      worker.postMessage(task, []);
    }
  }
  const ask = (task) =>
    new Promise((resolve, reject) => {
      waiting.push({ task, resolve, reject });
      next();
    });

  return {
    size,
    /**
     * Runs all seeds of the ranges, or, with `until`, only until it says that it has seen enough.
     * @param {{ root: string, flags: object }} subject
     * @param {readonly { from: number, to: number }[]} ranges both ends included
     * @param {(failures: readonly import('./worker.mjs').Failure[], seeds: number) => boolean} [until]
     */
    async run(subject, ranges, until = () => false) {
      const failures = [];
      const counts = {};
      let seeds = 0;
      const chunks = ranges.flatMap(chunksOf);
      const takeChunks = async () => {
        while (chunks.length > 0 && !until(failures, seeds)) {
          const { from, to } = chunks.shift();
          const answer = await ask({ ...subject, from, to });
          failures.push(...answer.failures);
          for (const [what, count] of Object.entries(answer.counts))
            counts[what] = (counts[what] ?? 0) + count;
          seeds += to - from + 1;
        }
      };
      await Promise.all(workers.map(takeChunks));
      failures.sort((a, b) => a.seed - b.seed);
      return { failures, counts, seeds };
    },
    close: () => Promise.all(workers.map((worker) => worker.terminate())),
  };
}

function chunksOf({ from, to }) {
  const chunks = [];
  for (let start = from; start <= to; start += CHUNK) {
    chunks.push({ from: start, to: Math.min(to, start + CHUNK - 1) });
  }
  return chunks;
}
