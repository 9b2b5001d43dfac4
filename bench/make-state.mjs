import { openStateStore } from '../dist/state/state-store.js';

/** Names of `count` jobs, as the service gives them. */
export function jobNames(count) {
  return Array.from({ length: count }, (_, index) => `batches/bench${index + 1}`);
}

/** Opens a new state at `path` in which the given jobs belong to batches 1, 2, 3 … and are running. */
export async function openStateWith(path, names) {
  const store = await openStateStore({ path, now: () => new Date(), newStateId: () => 'benchaaa' });
  const submittedAt = new Date().toISOString();
  await Promise.all(
    names.map((name, index) => {
      const displayName = `bench_${index + 1}`;
      const job = { name, displayName, model: 'gemini-2.5-flash', submittedAt, adopted: true };
      return store.apply(index + 1, {
        type: 'taken_over',
        job,
        attempt: 1,
        input: undefined,
        file: undefined,
      });
    }),
  );
  return store;
}
