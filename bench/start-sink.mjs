import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * Starts the counting server of `sink.mjs` on a free port of the loopback interface.
 * @param {{ latencyMs?: number, downloadBytes?: number, notifyAtBytes?: number }} options
 * `latencyMs` is added to every answer; `notifyAtBytes` settles `reached` when so many body bytes have come
 */
async function startSink(options = {}) {
  const child = fork(fileURLToPath(new URL('sink.mjs', import.meta.url)), [JSON.stringify(options)]);
  const ended = once(child, 'exit');
  const answers = (name) =>
    new Promise((resolve, reject) => {
      const take = (message) => {
        if (!(name in message)) return;
        child.off('message', take);
        resolve(message[name]);
      };
      child.on('message', take);
      ended.then(() => reject(new Error('the server of the bench ended')), reject);
    });
  const reached = answers('reached');
  reached.catch(() => undefined); // most runs end before anybody waits for it
  const url = await answers('url');
  return {
    url,
    reached,
    counts: async () => {
      const counts = answers('counts');
      child.send('counts');
      return await counts;
    },
    /** Lists no job of before any more, as if another project asked. */
    forget: () => void child.send('forget'),
    close: async () => {
      child.disconnect();
      await ended;
    },
  };
}

/** Runs `work` with a server, and ends the server whatever happens. */
export async function withSink(options, work) {
  const sink = await startSink(options);
  try {
    return await work(sink);
  } finally {
    await sink.close();
  }
}
