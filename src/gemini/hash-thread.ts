import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';

// Run in a thread of its own by `block-hash.ts`: hashes each block that comes, and answers `undefined` with the digest.
const hash = createHash('sha256');
const port = parentPort;
port?.on('message', (block: Uint8Array | undefined) => {
  if (block !== undefined) hash.update(block);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
  port.postMessage(block === undefined ? hash.digest('hex') : '');
});
