/**
 * The record store of most trials: the transitions and the group commit are the real ones, the whole
 * states are kept as they are instead of as JSON. One trial in twenty runs with the real state store,
 * bytes and checks and all, which takes three times as long.
 *
 * @param {object} parts
 * @param {import('./protocol.mjs').Protocol} parts.protocol
 * @param {import('./life.mjs').Life} parts.life
 * @param {import('./disk.mjs').Disk} parts.disk
 * @param {import('./setup.mjs').Setup} parts.setup
 * @param {() => Date} parts.now
 */
export async function openLeanStore({ protocol, life, disk, setup, now }) {
  const { transition, recordOf, createGroupCommit } = protocol;
  const isNew = disk.visible === undefined;
  let durable = disk.visible ?? {
    stateId: setup.stateId,
    createdAt: now().toISOString(),
    lastRun: undefined,
    batches: new Map(),
  };
  const batches = new Map(durable.batches);

  const save = async () => {
    const snapshot = { ...durable, batches: new Map(batches) };
    await disk.save(life, setup.ignoresIntent ? withoutIntents(snapshot, durable) : snapshot);
    durable = snapshot;
  };
  // A save of its own for each step, the last one to finish wins: what the group commit is there to prevent.
  const commit = setup.savesStale ? save : createGroupCommit(save);
  if (isNew) await commit();

  return {
    current: () => durable,
    async noteListLag(ms) {
      if (ms <= (durable.listLagMs ?? 0)) return;
      durable = { ...durable, listLagMs: ms };
      await commit();
    },
    async noteQuota(quota) {
      durable = { ...durable, quotas: [quota] };
      await commit();
    },
    ignoreStates: () => Promise.resolve(),
    async apply(batch, event) {
      const next = transition(recordOf({ ...durable, batches }, batch), event);
      batches.set(batch, next);
      if (setup.savesNameLate && event.type === 'created') {
        durable = { ...durable, batches: new Map(batches) };
        return next;
      }
      await commit();
      return next;
    },
  };
}

/** The real store, over the replaced file calls. */
export function openRealStore({ protocol, life, setup, now }) {
  return protocol.openStateStore({
    path: 'state.json',
    now,
    newStateId: () => setup.stateId,
    verifyLock: () => (life.isDead ? new Promise(() => undefined) : Promise.resolve()),
  });
}

/** Reads what either store saved. */
export function createReader(protocol) {
  const parsed = new Map();
  return (content) => {
    if (typeof content !== 'string') return content;
    if (!parsed.has(content)) {
      if (parsed.size > 8) parsed.clear();
      const origin = { now: () => new Date(0), newStateId: () => 'unsaved0' };
      parsed.set(content, protocol.parseStateBytes(Buffer.from(content), 'state.json', origin).state);
    }
    return parsed.get(content);
  };
}

/** Tells the oracle when a step is promised. */
export function withOracle(store, oracle) {
  return {
    current: () => store.current(),
    noteListLag: (ms) => store.noteListLag(ms),
    noteQuota: (quota) => store.noteQuota(quota),
    ignoreStates: (ids) => store.ignoreStates(ids),
    async apply(batch, event) {
      const record = await store.apply(batch, event);
      oracle.onApplied(batch, record);
      return record;
    },
  };
}

function withoutIntents(snapshot, before) {
  const batches = new Map(
    [...snapshot.batches].map(([batch, record]) => {
      if (record.status !== 'creating' && record.status !== 'uncertain') return [batch, record];
      const { attempt, earlier, input, file } = record;
      return [batch, { status: 'uploaded', attempt, earlier, input, file }];
    }),
  );
  return { ...before, batches };
}
