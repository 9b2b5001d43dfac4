/**
 * What the seed decides once for a whole trial, and what a planted bug changes in the outside world.
 *
 * @typedef {object} WorldFlags
 * @property {boolean} [ignoresIntent] saves leave the intents out
 * @property {boolean} [settlesAtOnce]
 * @property {boolean} [deletedFilesWork] a create of a deleted file is accepted
 * @property {boolean} [reportsUnknownAsNotSent]
 * @property {boolean} [skipsFolderSync]
 * @property {boolean} [savesNameLate]
 * @property {boolean} [savesStale]
 * @property {boolean} [setsClock] the wall clock is set in every trial, not in one of ten
 * @property {boolean} [landsBeforeFence] beyond the promise: a create delayed for longer than the settle time
 * @property {boolean} [listsShort] beyond the promise: listings that leave jobs out, with every sign of health
 *
 * @typedef {ReturnType<typeof drawSetup>} Setup
 */

/**
 * @param {import('./world.mjs').World} world
 * @param {WorldFlags} flags
 */
export function drawSetup(world, flags) {
  const lagMs = world.chance(0.25) ? 0 : world.int(50, 3000);
  // Also the time the service takes over a create when nothing is wrong.
  const delayMs = world.chance(0.25) ? 40 : world.int(50, 3000);
  // The rule of the product: a quarter more than the longest time a lost create may stay out of sight.
  const settleMs = flags.settlesAtOnce ? 0 : Math.ceil((lagMs + delayMs) * 1.25) + 10;
  const stateId = `s${String(world.int(0, 9_999_999)).padStart(7, '0')}`;
  const batches = Array.from({ length: world.pick([2, 2, 3, 4]) }, (_, index) => index + 1);
  // Sometimes two batches say the same: they are two batches all the same.
  const alike = world.chance(0.1);
  /** @type {Map<number, number>} how often the input of a batch was edited */
  const edits = new Map();
  const digitOf = (batch) => ((alike && batch === 2 ? 1 : batch) + 4 * (edits.get(batch) ?? 0)).toString(16);

  return {
    ...flags,
    lagMs,
    delayMs,
    settleMs,
    /** Longest time an answer to a create may take. */
    hangMs: 2 * settleMs + 50,
    stateId,
    batches,
    edits,
    pageSize: world.int(1, 3),
    foreignJobs: world.int(0, 4),
    faultRate: world.pick([0, 0.05, 0.15, 0.3]),
    crashRate: world.pick([0.01, 0.03, 0.06]),
    // Drawn in any case, so that a flag changes nothing else.
    setsClock: world.chance(0.1) || flags.setsClock === true,
    faultyLives: world.int(1, 4),
    options: {
      model: 'gemini-2.5-flash',
      displayName: world.chance(0.3) ? 'refinement_batch_{batch}' : undefined,
      policy: { maxRetries: world.int(0, 3), retryDelayMs: 100, rateLimitWaitMs: world.int(200, 3000) },
      concurrency: world.int(1, 4),
      pauseMs: world.pick([0, 0, 50]),
      ceiling: { jobs: 100, tokens: Number.POSITIVE_INFINITY },
      pollMs: 500,
      maxWaitMs: world.chance(0.1) ? 20_000 : undefined,
      failFast: world.chance(0.1),
      stagingDirectory: '/staged',
      settleMs,
      onAmbiguous: 'wait',
      acceptNewKey: false,
      // The jobs of other states look like ours on purpose.
      fresh: true,
      deletedJobs: async () => [],
      random: world.next,
    },
    pathOf: (batch) => `/input/batch-${String(batch).padStart(3, '0')}.jsonl`,
    batchOf: (path) => Number(path.slice(-9, -6)),
    inputFacts(path) {
      const batch = Number(path.slice(-9, -6));
      return { path, sizeBytes: 100 + batch, sha256: digitOf(batch).repeat(64).slice(0, 64), lines: 1 };
    },
  };
}
