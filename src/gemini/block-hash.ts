import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';

/** Below this many bytes a thread costs more than it saves. */
const WORTH_A_THREAD_BYTES = 32 * 1024 * 1024;

/** From the sources there is no module that a thread could load on every Node. */
const isCompiled = import.meta.url.endsWith('.js');

/** One thread is all there ever is: it takes some 15 MB, and files that go up side by side share one wire. */
let isThreadTaken = false;

/** A SHA-256 over blocks in the order they are given. */
export interface BlockHash {
  /** Memory for a block, of a kind that is hashed without a copy. Not cleared. */
  readonly block: (sizeBytes: number) => Buffer;
  /** Resolves once the block is hashed: until then its bytes must stay as they are. */
  readonly update: (block: Uint8Array) => Promise<void>;
  /** Lower-case hex of everything given so far. The hash is over with it. */
  readonly digest: () => Promise<string>;
  /** Gives the hash up; harmless after `digest`. */
  readonly close: () => void;
}

/**
 * Hashes in this thread, or beside it where so much is expected that it pays: hashing takes longer than
 * sending, which does not have to wait for it.
 */
export function createBlockHash(expectedBytes: number): BlockHash {
  return isThreadTaken || !isCompiled || expectedBytes < WORTH_A_THREAD_BYTES ? hashHere() : hashBeside();
}

function hashHere(): BlockHash {
  const hash = createHash('sha256');
  return {
    block: (sizeBytes) => Buffer.allocUnsafe(sizeBytes),
    update: async (block) => void hash.update(block),
    digest: async () => hash.digest('hex'),
    close: () => undefined,
  };
}

interface Waiter {
  readonly resolve: (answer: string) => void;
  readonly reject: (error: Error) => void;
}

function hashBeside(): BlockHash {
  isThreadTaken = true;
  // The space for new objects would otherwise grow for nothing.
  const thread = new Worker(new URL('./hash-thread.js', import.meta.url), {
    env: {},
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 2 },
  });
  // Answers come in the order of the questions.
  const waiting: Waiter[] = [];
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    for (const waiter of waiting.splice(0)) waiter.reject(failure);
  };
  thread.on('message', (answer: string) => waiting.shift()?.resolve(answer));
  thread.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))));
  thread.on('exit', () => fail(new Error('the thread that hashes has ended')));
  const ask = (block: Uint8Array | undefined): Promise<string> =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) {
        reject(failure);
        return;
      }
      waiting.push({ resolve, reject });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
      thread.postMessage(block);
    });
  let isOpen = true;
  const close = (): void => {
    if (isOpen) isThreadTaken = false;
    isOpen = false;
    void thread.terminate();
  };
  return {
    block: (sizeBytes) => Buffer.from(new SharedArrayBuffer(sizeBytes)),
    update: async (block) => {
      await ask(block);
    },
    digest: async () => {
      const hex = await ask(undefined);
      close();
      return hex;
    },
    close,
  };
}
