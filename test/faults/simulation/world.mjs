import { createRandom } from './random.mjs';

/** Virtual time begins here, so that dates in traces look like dates. */
const EPOCH_MS = Date.UTC(2026, 0, 1);

/**
 * @typedef {object} Violation
 * @property {string} kind which promise was broken
 * @property {string} text how
 */

/**
 * Time, chance and the record of one trial. Everything that happens outside the protocol code happens
 * as an event of this queue, so the seed alone decides the whole history.
 * @param {number} seed
 * @param {(line: string) => void} [print] gets the trace, when one is wanted
 */
export function createWorld(seed, print) {
  /** @type {{ at: number, happen: () => void }[]} soonest last, so that the next one is popped */
  const queue = [];
  const world = {
    ...createRandom(seed),
    nowMs: 0,
    /** How far the wall clock of the machine is ahead of true time. */
    clockAheadMs: 0,
    /** Set by an event that rejects a promise or aborts a signal. */
    hasRejected: false,
    /** Changes with every event and its moment: equal for equal histories. */
    fingerprint: seed | 0,
    /** @type {Violation[]} */
    violations: [],
    /** @type {Record<string, number>} how often the things happened that the trial is meant to try */
    counts: {},

    date: () => new Date(EPOCH_MS + world.nowMs + world.clockAheadMs),
    isoAt: (ms) => new Date(EPOCH_MS + ms).toISOString(),
    count(what) {
      world.counts[what] = (world.counts[what] ?? 0) + 1;
    },
    violate(kind, text) {
      world.violations.push({ kind, text });
      world.trace(() => `!! ${kind}: ${text}`);
    },
    /** Takes a function, so that a trial without a trace pays nothing for its words. */
    trace(line) {
      print?.(`${String(Math.round(world.nowMs)).padStart(9)} ${line()}`);
    },

    /** `happen` is called after `delayMs`; events of one moment run in the order in which they were asked for. */
    after(delayMs, happen) {
      const event = { at: world.nowMs + delayMs, happen };
      let place = queue.length;
      while (place > 0 && queue[place - 1].at <= event.at) place -= 1;
      queue.splice(place, 0, event);
    },
    /**
     * Runs events one by one until `isOver`, and between two of them everything that is ready to run.
     * @returns {Promise<boolean>} false when there was nothing left to wait for
     */
    run: (isOver) => runEvents(world, queue, isOver, Number.POSITIVE_INFINITY),
    /** Lets `ms` go by with no process of ours alive. */
    async pass(ms) {
      const untilMs = world.nowMs + ms;
      await runEvents(world, queue, () => false, untilMs);
      world.nowMs = untilMs;
    },
  };
  return world;
}

/** @typedef {ReturnType<typeof createWorld>} World */

function runEvents(world, queue, isOver, untilMs) {
  return new Promise((resolve) => {
    const turn = () => {
      if (isOver()) return resolve(true);
      const event = queue.at(-1);
      if (event === undefined || event.at > untilMs) return resolve(false);
      queue.pop();
      world.nowMs = event.at;
      world.fingerprint = (Math.imul(world.fingerprint, 31) + Math.round(event.at)) | 0;
      event.happen();
      if (world.hasRejected) {
        // Only now does Node look for rejections that nobody heard: a process of ours would end by one.
        world.hasRejected = false;
        setImmediate(turn);
      } else afterAllPromises(turn);
    };
    afterAllPromises(turn);
  });
}

/**
 * A tick that is asked for by a microtask runs when no microtask is left: the protocol code has then
 * gone as far as it can without the outside world. A timer would do the same a hundred times slower.
 */
function afterAllPromises(next) {
  queueMicrotask(() => process.nextTick(next));
}
