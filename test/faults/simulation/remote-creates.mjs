import { answers } from './faults.mjs';

/**
 * How a create may go. `at` tells when the service acts on it: with the answer, some time after the
 * connection is gone, only after the fence, or never.
 */
const CREATE_FAULTS = [
  { label: 'not sent', at: 'never', answer: () => answers.notSent() },
  { label: '429', at: 'never', answer: (ms) => answers.rateLimited(ms) },
  { label: '400', at: 'never', answer: () => answers.refused('INVALID_ARGUMENT') },
  { label: 'lost before the effect', at: 'never', answer: () => answers.unknown('ECONNRESET') },
  { label: '503 before the effect', at: 'never', answer: () => answers.unavailable('503') },
  { label: 'lost after the effect', at: 'soon', answer: () => answers.unknown('ECONNRESET') },
  { label: '503 after the effect', at: 'soon', answer: () => answers.unavailable('503') },
  { label: 'answered with HTML', at: 'soon', answer: () => answers.unknown('HTML under a 200') },
  { label: 'delayed past its answer', at: 'late', answer: () => answers.unknown('timeout') },
  { label: 'delayed past its answer', at: 'late', answer: () => answers.unknown('timeout') },
  { label: 'stuck', at: 'after the fence', answer: () => answers.unknown('timeout') },
];

/** A request that some proxy holds back comes out at any time: no pause is long enough for it. */
const LONGEST_STUCK_MS = 60_000;

/** When the process died with the request on its way. */
const ORPHANED_AT = ['never', 'soon', 'late', 'late', 'after the fence'];

/**
 * The create requests: the calls that cost money.
 *
 * @param {import('./world.mjs').World} world
 * @param {object} parts
 * @param {import('./job-ledger.mjs').JobLedger} parts.ledger
 * @param {ReturnType<import('./remote-files.mjs').createRemoteFiles>} parts.files
 * @param {{ delayMs: number, hangMs: number, deletedFilesWork: boolean, landsBeforeFence: boolean }} parts.options
 */
export function createRemoteCreates(world, { ledger, files, options }) {
  /** Requests that some proxy holds back. They come out only after the file was deleted. */
  let stuck = [];

  /** The service acts on the request: a job for a file that is there, a refusal for one that is not. */
  function act(request) {
    const file = files.find(request.fileName);
    if (file === undefined && !options.deletedFilesWork) {
      world.count('creates of a deleted file refused');
      world.trace(() => `service create ${request.displayName} refused: no ${request.fileName}`);
      return undefined;
    }
    return ledger.add({ ...request, batch: files.batchOf(request.fileName) });
  }

  function actLater(request, when) {
    if (when === 'soon') world.after(world.int(1, 20), () => act(request));
    if (when === 'late') {
      world.count('creates that landed late');
      world.after(world.int(0, options.delayMs), () => act(request));
    }
    if (when === 'after the fence') stuck.push(request);
  }

  return {
    /** For `life.call`: an orphan is a request whose process died while it was on its way. */
    send(life, request, isOrphan) {
      if (isOrphan) {
        actLater(request, world.pick(ORPHANED_AT));
        return {};
      }
      const fault = world.chance(life.faultRate) ? world.pick(CREATE_FAULTS) : undefined;
      // An answer may be as slow as the deadline allows, while the service acts within its own time: were
      // the process to die in between, it would be no later than a delayed create.
      const replyMs = world.int(2, world.chance(0.2) && life.faultRate > 0 ? options.hangMs : 40);
      const actMs = world.int(1, Math.min(replyMs, options.delayMs));
      if (fault === undefined) {
        let job;
        world.after(actMs, () => {
          job = act(request);
        });
        return {
          replyMs,
          reply: () => (job === undefined ? answers.notFound() : answers.ok(ledger.snapshot(job))),
        };
      }
      world.count(`creates ${fault.label}`);
      if (fault.at === 'soon') world.after(actMs, () => act(request));
      // The delay counts from the moment when the connection is gone.
      else life.onClose(replyMs, () => actLater(request, fault.at));
      const waitMs = world.chance(0.3) ? world.int(1, 8000) : undefined;
      return { replyMs, reply: () => fault.answer(waitMs) };
    },
    /** Beyond what is promised: the stuck request comes out in the last moment before the file goes. */
    beforeDelete(fileName) {
      if (!options.landsBeforeFence) return;
      for (const request of stuck.filter((held) => held.fileName === fileName)) act(request);
      stuck = stuck.filter((held) => held.fileName !== fileName);
    },
    afterDelete(fileName) {
      const freed = stuck.filter((held) => held.fileName === fileName);
      stuck = stuck.filter((held) => held.fileName !== fileName);
      for (const request of freed) world.after(world.int(0, LONGEST_STUCK_MS), () => act(request));
    },
    /** The end of the world: everything that is still held back comes out. */
    releaseAll() {
      for (const request of stuck) act(request);
      stuck = [];
    },
  };
}
