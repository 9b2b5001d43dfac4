const HOUR_MS = 3_600_000;

/**
 * @typedef {object} Job
 * @property {string} name
 * @property {string | undefined} displayName
 * @property {string} model
 * @property {string} inputFile
 * @property {number | undefined} batch undefined for a job of somebody else
 * @property {number} createdMs
 * @property {number} visibleMs when listings begin to show it
 * @property {number} runningMs
 * @property {number} endMs
 * @property {'succeeded' | 'failed' | 'expired' | 'cancelled'} end
 */

/**
 * The jobs of the service, and the only place that knows how many were really made.
 * @param {import('./world.mjs').World} world
 * @param {{ lagMs: number, pageSize: number }} options
 */
export function createJobLedger(world, { lagMs, pageSize }) {
  /** @type {Job[]} oldest first */
  const jobs = [];
  const ledger = {
    jobs,
    /** Jobs that stand for a batch: under way, or paid for in full. */
    standing: (batch) =>
      jobs.filter((job) => job.batch === batch && !['failed', 'expired', 'cancelled'].includes(stateOf(job))),

    add({ displayName, model, fileName, batch }) {
      const runsMs = world.chance(0.6) ? world.int(1000, 60_000) : world.int(1, 30) * HOUR_MS;
      const job = {
        name: `batches/j${jobs.length + 1}${batch === undefined ? 'x' : ''}`,
        displayName,
        model,
        inputFile: fileName,
        batch,
        createdMs: world.nowMs,
        visibleMs: world.nowMs + (world.chance(0.3) ? 0 : world.int(0, lagMs)),
        runningMs: world.nowMs + Math.floor(runsMs / 3),
        endMs: world.nowMs + runsMs,
        end: world.chance(0.75) ? 'succeeded' : world.pick(['failed', 'expired', 'cancelled']),
      };
      jobs.push(job);
      if (batch === undefined) return job;
      world.trace(
        () => `service ++ ${job.name} made for batch ${batch}, in listings from ${Math.round(job.visibleMs)}`,
      );
      const standing = ledger.standing(batch).map(({ name }) => name);
      if (standing.length > 1) world.violate('two jobs', `batch ${batch} has ${standing.join(' and ')}`);
      return job;
    },

    get: (name) => jobs.find((job) => job.name === name),
    isVisible: (job) => job.visibleMs <= world.nowMs,
    snapshot,

    /** Newest first, in small pages. A job that comes into view moves the pages under a walk. */
    page(token) {
      const visible = jobs.filter((job) => job.visibleMs <= world.nowMs).toReversed();
      const start = token === undefined ? 0 : Number(token);
      const end = start + pageSize;
      return {
        jobs: visible.slice(start, end).map(snapshot),
        nextPageToken: end < visible.length ? String(end) : undefined,
      };
    },
  };

  function stateOf(job) {
    if (world.nowMs >= job.endMs) return job.end;
    return world.nowMs >= job.runningMs ? 'running' : 'pending';
  }

  function snapshot(job) {
    const state = stateOf(job);
    const isEnded = world.nowMs >= job.endMs;
    return {
      name: job.name,
      displayName: job.displayName,
      // The listing spells the model with its prefix; some answers leave fields out.
      model: world.chance(0.1) ? undefined : `models/${job.model}`,
      inputFile: world.chance(0.1) ? undefined : job.inputFile,
      state: state === 'running' && world.chance(0.05) ? 'unknown' : state,
      rawState: undefined,
      createdAt: world.isoAt(job.createdMs),
      endedAt: isEnded ? world.isoAt(job.endMs) : undefined,
      stats: undefined,
      results:
        state === 'succeeded' ? { kind: 'file', name: `files/result-${job.name.slice(8)}` } : undefined,
      error: state === 'failed' ? { code: 13, message: 'internal' } : undefined,
    };
  }
  return ledger;
}

/** @typedef {ReturnType<typeof createJobLedger>} JobLedger */
