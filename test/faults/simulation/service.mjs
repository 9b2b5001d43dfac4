import { answers, drawFault } from './faults.mjs';
import { createJobLedger } from './job-ledger.mjs';
import { createRemoteCreates } from './remote-creates.mjs';
import { createRemoteFiles } from './remote-files.mjs';

/**
 * The batch service: what it knows outlives every process of ours. `portFor(life)` is the BatchService
 * that one process is given.
 *
 * @param {import('./world.mjs').World} world
 * @param {import('./setup.mjs').Setup} setup
 * @param {import('./oracle.mjs').Oracle} oracle
 */
export function createService(world, setup, oracle) {
  const ledger = createJobLedger(world, setup);
  const files = createRemoteFiles(world);
  const creates = createRemoteCreates(world, { ledger, files, options: setup });
  let shortListingUntilMs = 0;
  /** Until when the listing says nothing new, with every sign of health. Beyond what is promised. */
  const isListingShort = () => {
    if (!setup.listsShort) return false;
    if (world.chance(0.1)) shortListingUntilMs = world.nowMs + world.int(0, 2 * setup.settleMs);
    return world.nowMs < shortListingUntilMs;
  };

  function portFor(life) {
    let listings = 0;
    // The service's time is known from the first answer on, and to the second.
    const serviceAheadMs = -world.int(0, 999);
    let hasAnswered = false;
    /** One attempt of a call that may be repeated. `act` is what it does at the service. */
    const repeatable = (label, signal, act) =>
      life.call(label, signal, () => {
        const fault = drawFault(world, life);
        hasAnswered = life.hasServiceTime;
        const actMs = world.int(1, 20);
        let answer;
        if (fault === undefined || fault.takesEffect) {
          world.after(actMs, () => {
            answer = answers.ok(act());
          });
        }
        world.trace(() => `${life.name} ${label}${fault ? ` -> ${fault.answer().failure.reason}` : ''}`);
        return { replyMs: actMs + world.int(1, 20), reply: () => fault?.answer() ?? answer };
      });

    const listJobs = (token, signal) => {
      listings += 1;
      if (listings >= life.listIsDownFrom) {
        return life.call('list', signal, () => ({ replyMs: 5, reply: () => answers.unavailable('503') }));
      }
      return repeatable(`list from ${token ?? 0}`, signal, () => {
        if (isListingShort()) return { jobs: [], nextPageToken: undefined };
        const page = ledger.page(token);
        if (!world.chance(life.faultRate / 4) || token === undefined) return page;
        world.count('listings that repeat a page');
        return { ...page, nextPageToken: token };
      });
    };

    return {
      now: () => (hasAnswered ? new Date(Date.parse(world.isoAt(world.nowMs)) + serviceAheadMs) : undefined),
      checkModel: (_model, signal) => repeatable('check model', signal, () => undefined),
      async uploadFile(request, signal) {
        const batch = setup.batchOf(request.input.path);
        oracle.onMutation(life, 'upload', batch);
        let session = request.sessionUrl;
        if (session !== undefined && (!files.isOpen(session) || world.chance(0.1))) {
          files.closeSession(session);
          session = undefined;
          await request.onSession(undefined);
        }
        if (session === undefined) {
          const started = await repeatable(`start upload of ${request.fileName}`, signal, () =>
            files.openSession(),
          );
          if (!started.ok) return started;
          session = started.value;
          await request.onSession(session);
        }
        const sent = await repeatable(`upload ${request.fileName}`, signal, () =>
          files.finish(session, request, batch),
        );
        if (!sent.ok) return sent;
        return sent.value === undefined
          ? answers.refused('ALREADY_EXISTS')
          : answers.ok(files.describe(sent.value));
      },
      getFile: (name, signal) =>
        repeatable(`get ${name}`, signal, () => {
          const file = files.find(name);
          return file && files.describe(file);
        }),
      deleteFile: (name, signal) =>
        repeatable(`delete ${name}`, signal, () => {
          oracle.onDelete(life, name, ledger);
          creates.beforeDelete(name);
          files.delete(name);
          creates.afterDelete(name);
        }),
      async createJob(request) {
        const result = await life.call(`create ${request.displayName}`, undefined, (isOrphan) => {
          world.trace(() => `${life.name} create ${request.displayName} of ${request.fileName}`);
          oracle.onCreate(life, request, files.batchOf(request.fileName));
          return creates.send(life, request, isOrphan);
        });
        if (result.ok || !setup.reportsUnknownAsNotSent) return result;
        const isUnknown = ['unknown_outcome', 'unavailable'].includes(result.failure.kind);
        return isUnknown ? answers.notSent() : result;
      },
      getJob: async (name, signal) => {
        const got = await repeatable(`get ${name}`, signal, () => {
          const job = ledger.get(name);
          return job && ledger.snapshot(job);
        });
        return got.ok && got.value === undefined ? answers.notFound() : got;
      },
      listJobs,
      cancelJob: () => {
        throw new Error('nothing in a trial cancels');
      },
      downloadResult: () => {
        throw new Error('nothing in a trial downloads');
      },
    };
  }

  return { portFor, ledger, files, creates };
}
