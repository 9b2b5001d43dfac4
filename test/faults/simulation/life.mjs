/** What a dead process waits for. */
const NEVER = new Promise(() => undefined);

/**
 * One process of ours, from its start to its end or its death. A process dies at a port: before the
 * call leaves, right after it left, or after it took effect and before the answer arrives. From then
 * on no port answers, and nothing that it still does can reach the world.
 *
 * @typedef {object} LifePlan
 * @property {number} diesAtCall the ordinal of the port call it dies at; Infinity for a long life
 * @property {boolean} isPowerCut
 * @property {number} faultRate share of service calls that go wrong
 * @property {number} diskFaultRate share of saves that fail
 * @property {number} interruptAfterMs when Ctrl-C is pressed; Infinity for never
 * @property {number} listIsDownFrom the ordinal of the first listing that fails; Infinity for never
 * @property {number} clockJumpMs how far the wall clock may be set while the process sleeps
 * @property {boolean} hasServiceTime whether the answers of the service say what time it is
 */

/**
 * @param {import('./world.mjs').World} world
 * @param {LifePlan} plan
 * @param {string} name for the trace
 */
export function createLife(world, plan, name) {
  const interrupt = new AbortController();
  let calls = 0;
  /** @type {(() => void)[]} */
  const connections = [];
  const life = {
    ...plan,
    name,
    isOver: false,
    isDead: false,
    signal: interrupt.signal,

    /** The process ends here, at once. What it sent may still arrive. */
    die(where) {
      if (life.isOver) return;
      life.isDead = true;
      life.isOver = true;
      for (const close of connections) close();
      world.count(plan.isPowerCut ? 'power cuts' : 'crashes');
      world.trace(() => `${name} ** ${plan.isPowerCut ? 'power cut' : 'killed'} ${where}`);
    },
    end() {
      life.isOver = true;
    },
    /** Runs `close` once: after `ms`, or when the process dies before that. */
    onClose(ms, close) {
      let isClosed = false;
      const closeOnce = () => {
        if (!isClosed) close();
        isClosed = true;
      };
      connections.push(closeOnce);
      world.after(ms, closeOnce);
    },

    /**
     * How a port call fares: `undefined` for most, else the moment of death within it.
     * @returns {'before' | 'sent' | 'answered' | undefined}
     */
    fate() {
      calls += 1;
      return calls === plan.diesAtCall ? world.pick(['before', 'sent', 'answered']) : undefined;
    },

    /**
     * One call over the wire.
     * @template T
     * @param {string} label
     * @param {AbortSignal | undefined} signal
     * @param {(isOrphan: boolean) => { replyMs: number, reply: () => T }} send puts the effect into the
     * queue of the world; `isOrphan` when the process dies with the request on its way
     * @returns {Promise<T>}
     */
    call(label, signal, send) {
      if (life.isDead) return NEVER;
      if (signal?.aborted) return Promise.reject(signal.reason);
      const fate = life.fate();
      if (fate === 'before') {
        life.die(`before ${label}`);
        return NEVER;
      }
      const { replyMs, reply } = send(fate === 'sent');
      if (fate === 'sent') {
        life.die(`with ${label} on its way`);
        return NEVER;
      }
      return new Promise((resolve, reject) => {
        world.after(replyMs, () => {
          if (life.isDead) return;
          if (fate === 'answered') return life.die(`before the answer to ${label} arrived`);
          if (signal?.aborted) return reject(signal.reason);
          resolve(reply());
        });
      });
    },

    clock: {
      now: () => world.date(),
      monotonicMs: () => world.nowMs,
      sleep(ms, signal) {
        if (life.isDead) return NEVER;
        if (signal?.aborted) return Promise.reject(signal.reason);
        if (life.fate() !== undefined) {
          life.die('asleep');
          return NEVER;
        }
        if (plan.clockJumpMs > 0 && world.chance(0.3)) {
          world.count('clock jumps');
          world.clockAheadMs += world.int(-plan.clockJumpMs, plan.clockJumpMs);
        }
        return new Promise((resolve, reject) => {
          const wake = () => {
            signal?.removeEventListener('abort', wake);
            if (life.isDead) return;
            if (signal?.aborted) reject(signal.reason);
            else resolve();
          };
          signal?.addEventListener('abort', wake, { once: true });
          world.after(ms, wake);
        });
      },
    },
  };
  if (Number.isFinite(plan.interruptAfterMs)) {
    world.after(plan.interruptAfterMs, () => {
      if (life.isOver) return;
      world.count('interrupts');
      world.trace(() => `${name} Ctrl-C`);
      world.hasRejected = true;
      interrupt.abort(new Interrupted('SIGINT', []));
    });
  }
  return life;
}

/** @typedef {ReturnType<typeof createLife>} Life */

/** The reason of the abort, so that the end of a life can be told from a bug. */
export class Interrupted extends Error {}
