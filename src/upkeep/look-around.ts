import type { InputFile } from '../model/plan.ts';
import type { SubmissionState } from '../model/submission-state.ts';
import type { Settings } from '../config/settings.ts';
import { checkDeadlines } from './check-deadlines.ts';
import { checkFileSystem } from './check-file-system.ts';
import { checkFolders, checkPermissions } from './check-folders.ts';
import { checkInput } from './check-input.ts';
import { checkLock } from './check-lock.ts';
import { checkDuplicateJobs } from './check-own-jobs.ts';
import { checkSpace } from './check-space.ts';
import { checkState } from './check-state.ts';
import { leftOut, type Check, type CheckName } from './check.ts';

export interface LookedAround {
  readonly checks: readonly Check[];
  readonly state: SubmissionState | undefined;
}

/**
 * Everything that this machine can tell without a network. Reads, and writes nothing.
 * @param refuseOther throws a stop when the state was made for other input files
 * @param nameInLog how logs call the state file
 */
export async function lookAround(
  settings: Settings,
  refuseOther: (state: SubmissionState, files: readonly InputFile[]) => void,
  now: Date,
  nameInLog: string,
): Promise<LookedAround> {
  const input = await checkInput(settings);
  const seen = await checkState(settings, (state) => refuseOther(state, input.files), nameInLog);
  const { state } = seen;
  const checks = [
    input.check,
    seen.check,
    await checkLock(settings.state),
    await checkFolders(settings),
    await checkPermissions(settings),
    await checkSpace(settings, input.files, state?.batches ?? new Map()),
    await checkFileSystem(settings.state),
    checkDeadlines(state, now),
    checkDuplicateJobs(state?.batches ?? new Map()),
  ];
  return { checks, state };
}

/** All questions to this machine, when nobody knows where to look. */
export function leaveMachineOut(why: string): readonly Check[] {
  const names: readonly CheckName[] = [
    'input',
    'state',
    'lock',
    'folders',
    'permissions',
    'space',
    'file_system',
    'deadlines',
    'duplicate_jobs',
  ];
  return names.map((check) => leftOut(check, why));
}
