/** Bytes per second over the last 15 seconds, so that a burst or a pause moves it only gently. */
export interface TransferRate {
  /** Times are in ms and never go back. */
  add(bytes: number, at: number): void;
  /** `undefined` while too little time has passed to tell. */
  perSecond(at: number): number | undefined;
}

const SLOT_MS = 500;
const SLOTS = 30;
const LEAST_MS = 1000;

/** @param startedAt when the first byte could have been sent */
export function createTransferRate(startedAt: number): TransferRate {
  // Reports come up to a thousand times a second, so they are kept by half seconds.
  const slots: { readonly index: number; bytes: number }[] = [];
  return {
    add(bytes, at) {
      const index = Math.floor(at / SLOT_MS);
      const last = slots.at(-1);
      if (last?.index === index) last.bytes += bytes;
      else slots.push({ index, bytes });
      if (slots.length > SLOTS) slots.shift();
    },
    perSecond(at) {
      const oldest = Math.floor(at / SLOT_MS) - SLOTS + 1;
      const spanMs = at - Math.max(startedAt, oldest * SLOT_MS);
      if (spanMs < LEAST_MS) return undefined;
      let bytes = 0;
      for (const slot of slots) if (slot.index >= oldest) bytes += slot.bytes;
      return (bytes / spanMs) * 1000;
    },
  };
}
