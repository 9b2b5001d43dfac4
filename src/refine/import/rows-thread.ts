import { parentPort, workerData } from 'node:worker_threads';
import { BatchSubmitError } from '../../model/errors.ts';
import { readRows, type BatchTally, type RowChunk, type RowSetup } from './rows.ts';

/** What the thread says. An error is taken apart, because a copy of it would be of another class. */
export type RowsMessage =
  | { readonly chunk: RowChunk }
  | { readonly tally: BatchTally }
  | { readonly sha256: string }
  | {
      readonly stop: {
        readonly code: BatchSubmitError['code'];
        readonly message: string;
        readonly hint: string | undefined;
      };
    };

/** Chunks that may be on their way: enough to keep both threads at work, and little memory. */
const MOST_UNDER_WAY = 6;

let underWay = 0;
let goOn: (() => void) | undefined;
const port = parentPort;
const say = (message: RowsMessage): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
  port?.postMessage(message);
};
port?.on('message', () => {
  underWay -= 1;
  goOn?.();
});

try {
  const sha256 = await readRows(
    workerData as RowSetup,
    {
      async onChunk(chunk) {
        if (underWay >= MOST_UNDER_WAY) {
          await new Promise<void>((resolve) => {
            goOn = resolve;
          });
        }
        underWay += 1;
        say({ chunk });
      },
      onBatch: (tally) => say({ tally }),
    },
    undefined,
  );
  say({ sha256 });
} catch (error) {
  if (!(error instanceof BatchSubmitError)) throw error;
  say({ stop: { code: error.code, message: error.message, hint: error.hint } });
} finally {
  port?.close();
}
