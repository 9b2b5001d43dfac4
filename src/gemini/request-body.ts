import type { ClientRequest } from 'node:http';
import type { Deadlines } from './options.ts';
import { createPace } from './pace.ts';
import type { Watchdog } from './watchdog.ts';

/** Feeds a request body piece by piece. `write` resolves once the piece may be overwritten; false means stop. */
export type BodyWriter = (write: (piece: Buffer) => Promise<boolean>) => Promise<void>;

/** A request body on its way. */
export interface Feeding {
  /** To be called once the connection stands. */
  readonly begin: () => void;
  /** Makes the writer stop at its next piece: an answer came, or the connection is gone. */
  readonly stop: () => void;
  /** Settles when the writer has returned; rejects with what it threw. */
  readonly done: Promise<void>;
}

export function feedBody(
  outgoing: ClientRequest,
  body: string | BodyWriter | undefined,
  watchdog: Watchdog,
  deadlines: Deadlines,
): Feeding {
  if (typeof body !== 'function') {
    outgoing.end(body);
    return { begin: () => undefined, stop: () => undefined, done: Promise.resolve() };
  }
  let over = false;
  let open: (() => void) | undefined;
  let interrupt: (() => void) | undefined;
  // Nothing is written before the connection stands, so that the connect deadline stays in force.
  const connected = new Promise<void>((resolve) => {
    open = resolve;
  });

  const pace = createPace(deadlines);
  function keepPace(bytes: number, ms: number): void {
    try {
      pace.moved(bytes, ms);
    } catch (error) {
      // A slow network is a matter of the connection, not of the writer.
      if (error instanceof Error) outgoing.destroy(error);
    }
  }

  async function write(piece: Buffer): Promise<boolean> {
    if (over) return false;
    watchdog.expect('IDLE_TIMEOUT', deadlines.idleMs);
    const startedMs = performance.now();
    const isTaken = await new Promise<boolean>((resume) => {
      // A peer that answered early may never read the piece, and then the callback does not come either.
      interrupt = () => resume(false);
      outgoing.write(piece, (error) => resume((error === null || error === undefined) && !over));
    });
    if (isTaken) keepPace(piece.length, performance.now() - startedMs);
    return isTaken;
  }

  async function feed(writer: BodyWriter): Promise<void> {
    await connected;
    if (over) return;
    await writer(write);
    if (over) return;
    watchdog.expect('HEADERS_TIMEOUT', deadlines.headersMs);
    outgoing.end();
  }

  return {
    begin: () => open?.(),
    stop: () => {
      over = true;
      open?.();
      interrupt?.();
    },
    done: feed(body),
  };
}
