import { readFileMark } from '../model/names.ts';
import type { RemoteFile } from '../model/service.ts';
import type { SubmissionState } from '../model/submission-state.ts';
import { formatBytes } from '../model/units.ts';
import { ok, warning, type Check } from './check.ts';

/** All uploaded files of a project together: documented as 20 GB, and named by refusals to the byte. */
const STORAGE_BYTES = 20 * 1024 ** 3;

/** From here on the next uploads may be refused. */
const NEARLY_FULL = 0.8;

/** How much of the project's file storage is used, and how much of that is this state's. */
export function checkStorage(files: readonly RemoteFile[], state: SubmissionState): Check {
  const own = files.filter(({ name }) => readFileMark(name)?.stateId === state.stateId);
  const used = bytesOf(files);
  const count = files.length === 1 ? '1 file' : `${files.length} files`;
  const fact =
    `${formatBytes(used)} of 20 GiB used by ${count}; ` +
    `${own.length} of them, ${formatBytes(bytesOf(own))}, of this state`;
  if (used < NEARLY_FULL * STORAGE_BYTES) return ok('storage', fact);
  return warning('storage', fact, 'delete what is no longer needed with `batch-submit cleanup --files`');
}

function bytesOf(files: readonly RemoteFile[]): number {
  return files.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
}
