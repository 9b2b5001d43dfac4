/**
 * What the service does where nobody has said, as switches. The defaults are guesses; a probe of the
 * live service settles them, and its file of answers sets them (`EmulatorOptions.answers`).
 */
export interface InferredBehaviour {
  /** Status of `files.get` and `files.delete` for an absent file, default 403. */
  readonly missingFileStatus: 403 | 404;
  /** What a create from a file that was deleted before comes to, default `refused` (see `absentFileStatus`). */
  readonly deletedInput: 'refused' | 'job_fails' | 'runs';
  /** The answer to a create counts the requests, default true. */
  readonly countsAtCreate: boolean;
  /** Default `newest_first`. */
  readonly listOrder: 'newest_first' | 'oldest_first';
  /** Jobs in a page when no `pageSize` is given, default 50. */
  readonly listDefaultPageSize: number;
  /** Most jobs in a page, default 100. */
  readonly listMaxPageSize: number;
  /** What becomes of a larger `pageSize`, default `lowered` (without a word). */
  readonly listOversize: 'lowered' | 'refused';
  /** Where an upload under a taken name is refused, default `end_200` (an error in a 200); `none`: it replaces the file. */
  readonly nameConflict: 'start_409' | 'end_409' | 'end_200' | 'none';
  /** A name is free again once its file was deleted, default true. */
  readonly namesReusable: boolean;
  /** Answer to `query` after the last step, default `file` (the last answer once more); `bare` has no body. */
  readonly queryAfterFinal: 'file' | 'bare' | 'gone';
  /** Form of `sha256Hash`, default `base64_of_hex`. */
  readonly sha256Form: Sha256Form;
  /** Entity tag of a download, default `strong`. */
  readonly downloadEtag: 'strong' | 'weak' | 'none';
  /** Downloads tell their Content-Length, default true. */
  readonly downloadLength: boolean;
  /** Deleting a job takes its results along, default false. */
  readonly resultsEndWithJob: boolean;
  /** What a key sees of the jobs that another key made, default `all`. */
  readonly otherKeySees: 'all' | 'list' | 'get' | 'nothing';
  /** Longest display name of a job, in characters; a longer one is refused. Default: no limit. */
  readonly longestDisplayName: number;
  /** What becomes of a display name with characters beyond ASCII, default `verbatim`; `changed`: each becomes `?`. */
  readonly displayNameText: 'verbatim' | 'changed' | 'refused';
}

export type Sha256Form = 'base64_of_hex' | 'base64_of_bytes' | 'hex' | 'absent';

export const GUESSES: InferredBehaviour = {
  missingFileStatus: 403,
  deletedInput: 'refused',
  countsAtCreate: true,
  listOrder: 'newest_first',
  listDefaultPageSize: 50,
  listMaxPageSize: 100,
  listOversize: 'lowered',
  nameConflict: 'end_200',
  namesReusable: true,
  queryAfterFinal: 'file',
  sha256Form: 'base64_of_hex',
  downloadEtag: 'strong',
  downloadLength: true,
  resultsEndWithJob: false,
  otherKeySees: 'all',
  longestDisplayName: Number.POSITIVE_INFINITY,
  displayNameText: 'verbatim',
};
