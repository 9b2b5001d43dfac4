import { basename, dirname } from 'node:path';
import type { BatchRecord } from '../model/batch-record.ts';
import { recordOf, type RememberedQuota, type SubmissionState } from '../model/submission-state.ts';
import type { BatchEvent } from '../model/batch-event.ts';
import { transition } from '../model/transition.ts';
import { createBallast } from './ballast.ts';
import { resolveStatePath, sweepTemporaryFiles, writeFileAtomic } from './atomic-file.ts';
import { createGroupCommit } from './group-commit.ts';
import { keepCopies } from './kept-copies.ts';
import { parseStateBytes, readStateBytes, type LoadedState, type Origin } from './load-state.ts';
import { checkRecord } from './record-schema.ts';
import { createJobOwners } from './shared-jobs.ts';
import { createStateText } from './state-text.ts';

/**
 * The one writer of a state file. Each save writes the whole file, durably; steps that finish while a
 * save runs share the next one. One save takes about 3 ms for 204 batches, 7 ms for 2,000 and 50 ms for
 * 20,000, of which 12 ms keep the event loop busy.
 */
export interface StateStore {
  /** The real file: a symbolic link was followed once, when the store was opened. */
  readonly path: string;
  /** What the file says: steps show up here when they are durable, never before. */
  current(): SubmissionState;
  /**
   * Applies one event to one batch and returns the record when it is durable.
   * @throws {BatchSubmitError} when the save failed (`E_DISK`) or the lock was lost (`E_LOCKED`). The
   * step is then not in the file, and the store refuses all further work with the same error.
   * @throws {Error} when the event cannot happen to the batch: a bug, and nothing changes.
   */
  apply(batch: number, event: BatchEvent): Promise<BatchRecord>;
  /** Remembers, when it is longer than known so far, how long a job took to be listed. */
  noteListLag(ms: number): Promise<void>;
  /** Remembers states whose jobs the user chose to pay for again. */
  ignoreStates(stateIds: readonly string[]): Promise<void>;
  /** Remembers what was learnt of a quota, in place of what was known of the same model and key. */
  noteQuota(quota: RememberedQuota): Promise<void>;
  /** Notes of a migration made on load, if any. */
  readonly notes: readonly string[];
  /** Records when the state was last used, ISO 8601 in UTC. */
  touch(lastRun: string): Promise<void>;
  /** Waits until no save is under way, also for one that nobody waited for. Call it before the lock is released. */
  close(): Promise<void>;
}

export interface StateStoreOptions extends Origin {
  readonly path: string;
  /** Called before every save; rejects when the lock is no longer ours, so that nothing is overwritten. */
  readonly verifyLock?: () => Promise<void>;
}

/**
 * Opens the state for writing, or begins one. Hold the lock while the store is in use. The first save
 * happens here, so that a disk that cannot be written to is found before anything is paid for.
 * @throws {BatchSubmitError} `E_STATE_UNREADABLE`, `E_STATE_NEWER`, `E_DISK`, or `E_LOCKED`. An
 * unreadable or newer file is never overwritten.
 */
export async function openStateStore(options: StateStoreOptions): Promise<StateStore> {
  const path = await resolveStatePath(options.path);
  const loaded = await openFile(path, options);
  const batches = new Map(loaded.state.batches);
  let { lastRun, listLagMs, ignoredStates, quotas } = loaded.state;
  const owners = createJobOwners(batches);
  let durable = loaded.state;

  const ballast = createBallast(path);
  const text = createStateText(options.workFolder);

  const save = createGroupCommit(async () => {
    const snapshot: SubmissionState = {
      ...durable,
      lastRun,
      listLagMs,
      ignoredStates,
      quotas,
      batches: new Map(batches),
    };
    const pieces = text.of(snapshot);
    await options.verifyLock?.();
    await ballast.saving(() => writeFileAtomic(path, pieces));
    durable = snapshot;
    await ballast.keep(pieces.reduce((bytes, piece) => bytes + piece.length, 0));
  });
  let last = Promise.resolve();
  const commit = (): Promise<void> => (last = save());
  if (loaded.isChanged) await commit();

  return {
    path,
    notes: loaded.notes,
    current: () => durable,
    async apply(batch, event) {
      const next = transition(recordOf({ ...durable, batches }, batch), event);
      refuseUnreadable(batch, next);
      owners.claim(batch, next);
      batches.set(batch, next);
      await commit();
      return next;
    },
    async noteListLag(ms) {
      if (ms <= (listLagMs ?? 0)) return;
      listLagMs = Math.ceil(ms);
      await commit();
    },
    async ignoreStates(stateIds) {
      const all = new Set([...(ignoredStates ?? []), ...stateIds]);
      if (all.size === (ignoredStates ?? []).length) return;
      ignoredStates = [...all];
      await commit();
    },
    async noteQuota(quota) {
      const others = (quotas ?? []).filter(({ model, key }) => model !== quota.model || key !== quota.key);
      quotas = [...others, quota];
      await commit();
    },
    async touch(at) {
      lastRun = at;
      await commit();
    },
    async close() {
      // Saves end in turn. One that failed was told to whoever waited for it.
      await last.catch(() => undefined);
    },
  };
}

interface OpenedFile extends LoadedState {
  /** True when the file does not say yet what `state` says. */
  readonly isChanged: boolean;
}

async function openFile(path: string, options: StateStoreOptions): Promise<OpenedFile> {
  // Only a holder of the lock knows that no temporary file belongs to a live writer.
  if (options.verifyLock !== undefined) {
    for (const suffix of ['', '.bak', '.older', '.live']) {
      await sweepTemporaryFiles(dirname(path), `${basename(path)}${suffix}`);
    }
  }
  const bytes = await readStateBytes(path);
  if (bytes === undefined) {
    const state: SubmissionState = {
      stateId: options.newStateId(),
      createdAt: options.now().toISOString(),
      lastRun: undefined,
      batches: new Map(),
    };
    return { state, notes: [], isChanged: true };
  }
  const loaded = parseStateBytes(bytes, path, options);
  await options.verifyLock?.();
  await keepCopies(path, bytes, loaded);
  return { ...loaded, isChanged: loaded.migratedFrom !== undefined };
}

/** What is written must be readable by the next run, so a record is checked before it is part of the state. */
function refuseUnreadable(batch: number, record: BatchRecord): void {
  const checked = checkRecord(record);
  if (!checked.ok) throw new Error(`the record of batch ${batch} cannot be saved: ${checked.fault}`);
}
