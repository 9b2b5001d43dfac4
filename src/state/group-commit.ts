/** Resolves when everything changed before the call is durable; rejects when that save failed. */
export type Commit = () => Promise<void>;

/**
 * Shares one save among all callers that wait for it: changes made while a save runs are in the next
 * one, however many they are. `save` must take its snapshot before its first `await`.
 * After a failed save nothing is saved again, and every later call rejects with the same error: the
 * disk is at the last good save, and memory must not run away from it.
 */
export function createGroupCommit(save: () => Promise<void>): Commit {
  let waiting: Waiter[] = [];
  let isSaving = false;
  let failure: { readonly error: unknown } | undefined;

  async function saveAll(): Promise<void> {
    isSaving = true;
    while (waiting.length > 0) {
      const served = waiting;
      waiting = [];
      try {
        if (failure === undefined) await save();
      } catch (error) {
        failure = { error };
      }
      for (const waiter of served) {
        if (failure === undefined) waiter.resolve();
        else waiter.reject(failure.error);
      }
      // Who was served may take the next step at once: then all of them share the next save.
      for (let hop = 0; hop < HOPS; hop += 1) await Promise.resolve();
    }
    isSaving = false;
  }

  return () =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      if (!isSaving) void saveAll();
    });
}

/** More than lie between a caller that was served and its next call. */
const HOPS = 8;

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
