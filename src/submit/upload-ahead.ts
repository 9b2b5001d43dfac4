/** Bytes that may lie uploaded and unused: the store of a project holds 20 GB, and others use it too. */
const MOST_BYTES_AHEAD = 4_000_000_000;

/**
 * How far uploads may run ahead of creates. As many files as there are jobs under way: when those end,
 * these take their places at once, and none of them lies there for longer than a job takes, which is far
 * from the 48 h after which the service drops it.
 */
export interface UploadAhead {
  /** Waits for its turn, in order. @throws the signal's reason */
  enter(sizeBytes: number, signal: AbortSignal): Promise<void>;
  leave(sizeBytes: number): void;
}

/** @param mostFiles asked anew each time; at least one file may always go */
export function createUploadAhead(mostFiles: () => number): UploadAhead {
  const queue: { readonly sizeBytes: number; readonly go: () => void }[] = [];
  let files = 0;
  let bytes = 0;
  const hasRoom = (sizeBytes: number): boolean =>
    files === 0 || (files < mostFiles() && bytes + sizeBytes <= MOST_BYTES_AHEAD);

  function admit(): void {
    for (let first = queue[0]; first !== undefined && hasRoom(first.sizeBytes); first = queue[0]) {
      queue.shift();
      files += 1;
      bytes += first.sizeBytes;
      first.go();
    }
  }

  return {
    async enter(sizeBytes, signal) {
      signal.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const onAbort = (): void => {
          const place = queue.indexOf(waiting);
          if (place !== -1) queue.splice(place, 1);
          reject(signal.reason);
        };
        const go = (): void => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        };
        const waiting = { sizeBytes, go };
        signal.addEventListener('abort', onAbort, { once: true });
        queue.push(waiting);
        admit();
      });
    },
    leave(sizeBytes) {
      files -= 1;
      bytes -= sizeBytes;
      admit();
    },
  };
}
