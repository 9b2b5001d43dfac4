/**
 * What the replaced modules reach the world through. Trials run one after the other in a thread, and
 * a dead process never gets past the port it died at, so there is only ever one life to serve.
 */
export const current = {
  /** @type {import('../life.mjs').Life | undefined} */
  life: undefined,
  /** @type {import('../disk.mjs').Disk | undefined} */
  disk: undefined,
  /** @type {((path: string) => object) | undefined} */
  inputFacts: undefined,
};
