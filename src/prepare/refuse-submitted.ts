import { nameBatches } from '../model/batch-set.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { inputOf } from '../model/batch-record.ts';
import { isSubmitted, recordOf, type SubmissionState } from '../model/submission-state.ts';

/**
 * Requests of a batch that has a job, or may have one, are not to be sent once more under another number.
 * @throws {BatchSubmitError} `E_OTHER_INPUT`
 */
export function refuseSubmitted(state: SubmissionState, batches: readonly number[]): void {
  const sent = batches.filter((batch) => hasJob(state, batch));
  if (sent.length === 0) return;
  const facts =
    sent.length === 1 ? 'it was submitted already, and its' : 'they were submitted already, and their';
  throw new BatchSubmitError(
    'E_OTHER_INPUT',
    `Cannot merge ${nameBatches(sent)}: ${facts} requests would be paid for twice`,
    { hint: 'leave them out with `--only <set>`, or pay again with `--fresh`' },
  );
}

/**
 * A number whose batch was sent from other bytes is not given away again: `submit` would take the requests in
 * the file for sent.
 * @param files what is to be written, by batch
 * @throws {BatchSubmitError} `E_OTHER_INPUT`
 */
export function refuseSentNumbers(
  state: SubmissionState,
  files: readonly { readonly batch: number; readonly sha256: string }[],
): void {
  const taken = files
    .filter(({ batch, sha256 }) => {
      return hasJob(state, batch) && inputOf(recordOf(state, batch))?.sha256 !== sha256;
    })
    .map(({ batch }) => batch);
  if (taken.length === 0) return;
  const free =
    Math.max(...[...state.batches].filter(([, { rowsOf }]) => rowsOf === undefined).map(([batch]) => batch)) +
    1;
  throw new BatchSubmitError(
    'E_OTHER_INPUT',
    `Cannot write ${nameBatches(taken)}: the state knows ${taken.length === 1 ? 'it' : 'them'} as submitted from other files`,
    {
      hint: `number the files from a free number on with \`--from ${free}\`, or name another state with \`--state <file>\``,
    },
  );
}

/** A create whose outcome is unknown may have made a job. */
function hasJob(state: SubmissionState, batch: number): boolean {
  const record = recordOf(state, batch);
  return isSubmitted(record) || record.status === 'creating' || record.status === 'uncertain';
}
