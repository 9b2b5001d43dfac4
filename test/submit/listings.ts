import type { JobSnapshot } from '../../src/model/job.ts';
import type { BatchService } from '../../src/model/service.ts';
import { DISPLAY_NAME } from '../service/sample-records.ts';
import { inTurn, ok } from '../service/service-double.ts';

/** What a listing says of the job of the sample record `UNCERTAIN`. */
export const MINE: Partial<JobSnapshot> = {
  displayName: DISPLAY_NAME,
  inputFile: 'files/mine',
  model: 'models/gemini-2.5-flash',
};

/** A listing of one page that says something else at each look. */
export function pages(...jobs: readonly (readonly JobSnapshot[])[]): BatchService['listJobs'] {
  return inTurn(...jobs.map((found) => ok({ jobs: found, nextPageToken: undefined })));
}

/** A file that is there until it is deleted. */
export const GONE: Partial<BatchService> = {
  deleteFile: inTurn(ok(undefined)),
  getFile: inTurn(ok(undefined)),
};
