import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { BatchSubmitError } from '../../model/errors.ts';
import { statsOf } from '../../state/file-stats.ts';
import type { RowsMessage } from './rows-thread.ts';
import { readRows, type RowSetup, type RowsReceiver } from './rows.ts';

/** Below this a thread takes longer to start than it saves. */
const WORTH_A_THREAD_BYTES = 16 * 1024 ** 2;
/** A record is forgotten as soon as it is a row. With less room, a third of the thread's time is spent on copies. */
const YOUNG_MB = 16;

/**
 * As `readRows`, and of a large file in a thread beside this one: one reads, the other writes.
 * @throws {BatchSubmitError} as `readRows`
 */
export async function readRowsAside(
  setup: RowSetup,
  receiver: RowsReceiver,
  signal: AbortSignal | undefined,
): Promise<string> {
  // From the sources there is no module that a thread could load on every Node.
  const isCompiled = import.meta.url.endsWith('.js');
  const size = (await statsOf(setup.records))?.size ?? 0;
  const isWorth = isCompiled && size >= WORTH_A_THREAD_BYTES && availableParallelism() > 1;
  return isWorth ? await readInThread(setup, receiver, signal) : await readRows(setup, receiver, signal);
}

async function readInThread(
  setup: RowSetup,
  receiver: RowsReceiver,
  signal: AbortSignal | undefined,
): Promise<string> {
  signal?.throwIfAborted();
  const thread = new Worker(new URL('./rows-thread.js', import.meta.url), {
    workerData: setup,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  let abort: (() => void) | undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      abort = () => reject(signal?.reason as Error); // as AbortSignal.throwIfAborted() would throw it
      signal?.addEventListener('abort', abort);
      let before: Promise<void> = Promise.resolve();
      const take = async (message: RowsMessage): Promise<void> => {
        if ('chunk' in message) {
          await receiver.onChunk(message.chunk);
          // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
          thread.postMessage('');
        } else if ('tally' in message) await receiver.onBatch(message.tally);
        else if ('sha256' in message) resolve(message.sha256);
        else {
          const { code, message: text, hint } = message.stop;
          throw new BatchSubmitError(code, text, hint === undefined ? {} : { hint });
        }
      };
      thread.on('message', (message: RowsMessage) => {
        before = before.then(() => take(message));
        before.catch(reject);
      });
      thread.on('error', reject);
      thread.on('exit', () => {
        before = before.then(() =>
          reject(new Error('the thread that reads records ended before its work was done')),
        );
      });
    });
  } finally {
    if (abort !== undefined) signal?.removeEventListener('abort', abort);
    await thread.terminate();
  }
}
