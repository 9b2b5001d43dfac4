import { countLoggedJobs } from '../events/logged-jobs.ts';
import { BatchSubmitError } from '../model/errors.ts';
import type { SubmissionState } from '../model/submission-state.ts';
import { isSubmitted } from '../model/submission-state.ts';
import { formatBytes } from '../model/units.ts';
import type { Settings } from '../config/settings.ts';
import { resolveStatePath } from '../state/atomic-file.ts';
import { statsOf } from '../state/file-stats.ts';
import { loadState } from '../state/load-state.ts';
import { ok, problem, problemOf, type Check } from './check.ts';

export interface StateSeen {
  readonly check: Check;
  /** `undefined` when there is none, or none that can be read. */
  readonly state: SubmissionState | undefined;
}

/**
 * Reads the state as a run would, and changes nothing.
 * @param refuseOther throws when the state was made for other input files
 * @param nameInLog how logs call the state file
 */
export async function checkState(
  { state: path, log }: Settings,
  refuseOther: (state: SubmissionState) => void,
  nameInLog: string,
): Promise<StateSeen> {
  let state: SubmissionState | undefined;
  try {
    await resolveStatePath(path);
    const loaded = await loadState(path);
    if (loaded === undefined) return { check: await withoutState(path, log, nameInLog), state: undefined };
    ({ state } = loaded);
    refuseOther(state);
    const jobs = [...state.batches.values()].filter((record) => isSubmitted(record)).length;
    const size = formatBytes((await statsOf(path))?.size ?? 0);
    const kind =
      loaded.migratedFrom === undefined ? 'version 1' : 'of the older script; the next run takes it over';
    const count = state.batches.size === 1 ? '1 batch' : `${state.batches.size} batches`;
    const fact = `"${path}", ${kind}, ${size}: ${count}, ${jobs} submitted`;
    return { check: ok('state', fact), state };
  } catch (error) {
    if (!(error instanceof BatchSubmitError)) throw error;
    return { check: problemOf('state', error), state };
  }
}

/** A state that is gone would be begun anew, and everything paid for again. */
async function withoutState(path: string, log: string, nameInLog: string): Promise<Check> {
  const jobs = await countLoggedJobs(log, nameInLog);
  if (jobs === 0) return ok('state', `"${path}" does not exist yet; the first run makes it`);
  return problem(
    'state',
    `"${path}" is gone, and the log "${log}" tells of ${jobs} ${jobs === 1 ? 'job' : 'jobs'}`,
    'put the state file back, or find the jobs again with `batch-submit adopt`',
    'E_OTHER_INPUT',
  );
}
