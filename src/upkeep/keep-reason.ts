/** Why a file or a job of this state is not deleted. */
export type KeepReason =
  | 'needed'
  | 'not_ended'
  | 'not_collected'
  | 'altered'
  | 'short'
  | 'twice'
  | 'unknown'
  | 'other_key'
  | 'open_create'
  | 'canary'
  | 'young';

/** Follows "kept 3 files of batches 1-3: ". */
export const KEEP_REASONS: Readonly<Record<KeepReason, string>> = {
  needed: 'a job is still to be made',
  not_ended: 'the job has not ended',
  not_collected: 'the results are not on disk (`batch-submit download`)',
  altered: 'the results on disk are not what was saved (`batch-submit download --force`)',
  short: 'answers are missing, and a retry asks for the results once more',
  twice: 'the batch has two jobs (`batch-submit cancel --duplicates`)',
  unknown: 'the state does not speak of it',
  other_key: 'made with another key',
  open_create: 'the outcome of a create is open, and the listing helps to find it out',
  canary: 'shows later runs whether a listing can be believed',
  young: 'younger than --older-than',
};
