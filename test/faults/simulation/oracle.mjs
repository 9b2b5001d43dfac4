/**
 * The judge. It knows what really happened at the service and what is really on the disk, and never
 * asks the program. Violations are written into the world's record.
 *
 * @param {import('./world.mjs').World} world
 * @param {import('./setup.mjs').Setup} setup
 * @param {import('./disk.mjs').Disk} disk
 * @param {(content: unknown) => { batches: Map<number, object> } | undefined} read parses a content of the disk
 */
export function createOracle(world, setup, disk, read) {
  /** @type {Map<number, Set<string>>} names that a save promised to keep */
  const promised = new Map(setup.batches.map((batch) => [batch, new Set()]));
  const recordOnDisk = (content, batch) => read(content)?.batches.get(batch);

  return {
    /** Intent before payment: also a power cut in this very moment must find it. */
    onCreate(life, { displayName, fileName }, batch) {
      if (life.isAtRest) world.violate('not at rest', `${displayName} is created again`);
      if (life.signal.aborted) world.count('creates sent after Ctrl-C');
      const record = recordOnDisk(disk.durable, batch);
      const isIntended =
        record?.status === 'creating' &&
        record.intent.displayName === displayName &&
        record.file.name === fileName;
      if (isIntended) return;
      const found = record?.intent?.displayName ?? record?.status ?? 'nothing';
      world.violate('create without intent', `${displayName} is sent, the disk says ${found}`);
    },
    onMutation(life, what, batch) {
      if (life.isAtRest) world.violate('not at rest', `${what} for batch ${batch}`);
    },
    /** The fence is for jobs that are not there. */
    onDelete(life, fileName, ledger) {
      if (life.isAtRest) world.violate('not at rest', `${fileName} is deleted`);
      const job = ledger.jobs.find((known) => known.inputFile === fileName && ledger.isVisible(known));
      if (job === undefined || setup.listsShort) return;
      world.violate('fence of a visible job', `${fileName} is deleted, which ${job.name} reads`);
    },
    /** A step is promised when its `apply` has resolved. */
    onApplied(batch, record) {
      for (const name of namesOf(record)) promised.get(batch)?.add(name);
    },
    /** Told of every content that the next process could read. */
    onVisible(content) {
      const state = read(content);
      for (const [batch, names] of promised) {
        if (names.size === 0) continue;
        const kept = new Set(namesOf(state?.batches.get(batch)));
        for (const name of names) {
          if (kept.has(name)) continue;
          names.delete(name);
          world.violate('name lost', `${name} of batch ${batch} is no longer in the state`);
        }
      }
    },
    /** What a person is told must be true after a power cut too. */
    onEvent(event) {
      if (event.event === 'batch_fenced') world.count('fences');
      if (event.event === 'batch_requeued') world.count('requeues');
      if (event.event === 'upload_reused') world.count('uploads found again');
      if (event.event !== 'batch_created' && event.event !== 'batch_adopted') return;
      if (event.event === 'batch_adopted') world.count('adoptions');
      const names = namesOf(recordOnDisk(disk.durable, event.batch));
      if (names.includes(event.job)) return;
      world.violate('name told before it was saved', `${event.job} of batch ${event.batch}`);
    },
    /** What `submit` says of its work must agree with the disk. */
    onOutcome({ submitted, uncertain }) {
      for (const batch of submitted) {
        const record = recordOnDisk(disk.visible, batch);
        if (namesOf(record).length === 0) world.violate('false report', `batch ${batch} has no job`);
      }
      for (const batch of uncertain) {
        const { status } = recordOnDisk(disk.visible, batch) ?? {};
        if (status === 'creating' || status === 'uncertain') continue;
        world.violate('false report', `batch ${batch} is called uncertain and is ${status}`);
      }
    },
    onEnd(ledger) {
      const state = read(disk.visible);
      for (const batch of setup.batches) {
        const record = state?.batches.get(batch);
        if (record?.job === undefined) {
          const status = record?.status ?? 'not begun';
          world.violate('not submitted', `batch ${batch} is ${status} (${record?.detail ?? ''})`);
        }
        const known = new Set(namesOf(record));
        const made = new Set(ledger.jobs.filter((job) => job.batch === batch).map(({ name }) => name));
        for (const name of made) {
          if (!known.has(name)) world.violate('job not in the state', `${name} of batch ${batch}`);
        }
        for (const name of known) {
          if (!made.has(name)) world.violate('foreign job in the state', `${name} at batch ${batch}`);
        }
      }
    },
  };
}

/** @typedef {ReturnType<typeof createOracle>} Oracle */

function namesOf(record) {
  if (record === undefined) return [];
  const earlier = (record.earlier ?? []).map(({ jobName }) => jobName);
  return [record.job?.name, ...earlier, ...(record.duplicates ?? [])].filter((name) => name !== undefined);
}
