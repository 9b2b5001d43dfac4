import { pointAt } from '../syscalls/points.mjs';
import { temporaryNameOf } from '../syscalls/strace.mjs';
import { LOG, STATE } from '../witness.mjs';

const save = (syscall, kind, ...saves) => ({
  calls: saves.map((nth) => pointAt('fresh', syscall, temporaryNameOf(STATE), nth, kind)),
});

/**
 * Ways to break when the disk does, or when a kill falls between two calls.
 * @type {readonly import('./helpers.mjs').Bug[]}
 */
export const SYSCALL_BUGS = [
  {
    name: 'a full disk ends the run with the ballast still there',
    file: 'state/ballast.js',
    search: 'if (keptBytes === 0 || !isFull(error))',
    replace: 'if (keptBytes >= 0 || !isFull(error))',
    expects: ['BALLAST'],
    by: save('writev', 'ENOSPC', 6),
  },
  {
    name: 'the temporary file of a save that failed stays',
    file: 'state/atomic-file.js',
    search: 'await rm(temporaryPath, { force: true });',
    replace: '',
    // Its name is the same the next time, here.
    expects: ['BALLAST'],
    by: save('fsync', 'ENOSPC', 7),
  },
  {
    name: 'an error of the log ends the run',
    file: 'events/event-log.js',
    search: 'failed ??= error instanceof Error ? error : new Error(String(error));',
    replace: 'throw error;',
    expects: ['LOG'],
    by: { calls: [pointAt('fresh', 'write', LOG, 5, 'EIO')] },
  },
  {
    name: 'a job whose name could not be saved is not said',
    file: 'submit/create-job.js',
    search: "emit({ event: 'error', batch, step: 'create', reason: 'NOT_SAVED', message });",
    replace: '',
    expects: ['UNSAID'],
    by: save('rename', 'EIO', 6, 5, 7, 8, 4),
  },
  {
    name: 'a lock left by a kill is never taken over',
    file: 'state/lock.js',
    search: "if (present !== undefined && (standing !== 'gone'",
    replace: "if (present !== undefined && (standing !== 'never'",
    expects: ['STUCK'],
    by: save('rename', 'kill', 9),
  },
  {
    name: 'a lock file that was never linked stays',
    file: 'state/lock.js',
    search: '(found) => isLeftBehind(found, owner)',
    replace: 'async () => false',
    expects: ['I13'],
    by: { calls: [pointAt('fresh', 'link', temporaryNameOf(`${STATE}.lock`), 1, 'kill')] },
  },
];
