import { randomBytes } from 'node:crypto';
import { keyFingerprint } from '../config/key-fingerprint.ts';
import { createScrub } from '../config/scrub.ts';
import { openEventLog, type EventLog } from '../events/event-log.ts';
import { FIRST_ROW_RETRY } from '../model/batch-set.ts';
import type { RunContext } from '../model/run-context.ts';
import { acquireLock } from '../state/lock.ts';
import type { BatchService } from '../model/service.ts';
import { recordOf } from '../model/submission-state.ts';
import { openStateStore, type StateStore } from '../state/state-store.ts';
import { noteMovedInputs } from '../submit/moved-inputs.ts';
import { stagingDirectoryFor, sweepStaged } from '../submit/stage.ts';
import { presentInput } from './batches.ts';
import type { Desk } from './desk.ts';
import { openProgressNotes } from './progress-notes.ts';

/** A desk with the state open for writing, under the lock, and the log. */
export interface Session extends RunContext {
  readonly store: StateStore;
  readonly close: () => Promise<void>;
}

/**
 * Takes the lock, opens the state and the log, and builds the service. The one place where the objects
 * of a run are put together.
 */
async function openSession(desk: Desk, stateId: string | undefined): Promise<Session> {
  const { invocation, settings, emit, signal, run } = desk;
  const { clock } = invocation.io;
  const paths = settings.settings;
  const lock = await acquireLock(paths.state, {
    command: `batch-submit ${invocation.command}`,
    run,
    now: () => clock.now(),
  });
  let log: EventLog | undefined;
  let service: BatchService | undefined;
  try {
    // Loading the service takes longest, so who finds the lock taken does not wait for it.
    service = await desk.service();
    const store = await openStateStore({
      path: paths.state,
      now: () => clock.now(),
      newStateId: () => stateId ?? newStateId(),
      verifyLock: () => lock.verify(),
      workFolder: invocation.io.workFolder,
    });
    const secret = (await desk.ownKey())?.key;
    const scrub = createScrub(secret === undefined ? [] : [secret]);
    log = openEventLog({ path: paths.log, run, now: () => clock.now(), scrub });
    desk.sinks.push(log.sink);
    const notes = await openProgressNotes(store.path, run, () => desk.progress.read());
    if (store.notes.length > 0) emit({ event: 'state_migrated', notes: store.notes });
    const opened = log;
    const used = service;
    const close = async (): Promise<void> => {
      await notes.end();
      await used.close?.();
      // Copies that were sent can be made again. Rows of a retry are there only, and where the state was lost,
      // their file tells which they are.
      await sweepStaged(
        stagingDirectoryFor(paths.state),
        (batch) =>
          recordOf(store.current(), batch).rowsOf !== undefined ||
          (batch >= FIRST_ROW_RETRY && !store.current().batches.has(batch)),
      ).catch((error: unknown) => {
        desk.printer.note(`! ${error instanceof Error ? error.message : String(error)}`);
      });
      desk.sinks.length = 0;
      opened.close();
      // Asked last: closing may fail too.
      if (opened.failed !== undefined) {
        desk.printer.note(`! The log "${paths.log}" is incomplete: ${opened.failed.message}`);
      }
      // A save that nobody waited for must not replace what the next holder of the lock saves.
      await store.close();
      await lock.release();
    };
    // The key of an MCP server is not known here. Its jobs are not taken for those of any key that is.
    const keyText = secret?.reveal() ?? `via-mcp ${paths.viaMcp}`;
    const key = keyFingerprint(keyText, store.current().stateId);
    return { service, store, emit, progress: desk.progress.sink, clock, signal, key, run, close };
  } catch (error) {
    log?.close();
    await service?.close?.();
    await lock.release();
    throw error;
  }
}

/**
 * Runs `work` in a session and closes it whatever happens.
 * @param stateId the id that a new state gets, when its jobs carry one already
 */
export async function inSession<T>(
  desk: Desk,
  work: (session: Session) => Promise<T>,
  stateId?: string,
): Promise<T> {
  const session = await openSession(desk, stateId);
  try {
    await noteMovedInputs(session, await presentInput(desk.settings.settings));
    return await work(session);
  } finally {
    await session.close();
  }
}

/** 8 characters of [a-z0-9]. */
function newStateId(): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  return [...randomBytes(8)].map((byte) => alphabet[byte % alphabet.length]).join('');
}
