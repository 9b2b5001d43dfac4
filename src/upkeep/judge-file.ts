import type { BatchRecord } from '../model/batch-record.ts';
import { isEnded, type JobSnapshot } from '../model/job.ts';
import { readMark, type NameParts } from '../model/names.ts';
import type { KeepReason } from './keep-reason.ts';

/** What the jobs that have not ended read, as far as the listing tells. */
export interface LiveInputs {
  readonly files: ReadonlySet<string>;
  /** `<state>/<batch>/<attempt>` of jobs that do not say what they read. */
  readonly attempts: ReadonlySet<string>;
}

export function liveInputsOf(jobs: readonly JobSnapshot[]): LiveInputs {
  const [files, attempts] = [new Set<string>(), new Set<string>()];
  for (const { state, inputFile, displayName } of jobs) {
    if (isEnded(state)) continue;
    if (inputFile !== undefined) files.add(inputFile);
    const mark = inputFile === undefined ? readMark(displayName ?? '') : undefined;
    if (mark !== undefined) attempts.add(attemptKey(mark));
  }
  return { files, attempts };
}

/**
 * Why an uploaded file of this state has to stay; `undefined` when nothing needs it any more.
 * @param record of the batch in the file's name; `undefined` when the state has none
 */
export function judgeFile(
  name: string,
  mark: NameParts,
  record: BatchRecord | undefined,
  live: LiveInputs,
): KeepReason | undefined {
  if (live.files.has(name) || live.attempts.has(attemptKey(mark))) return 'not_ended';
  if (record === undefined || mark.attempt > record.attempt) return 'unknown';
  if ((record.duplicates ?? []).length > 0) return 'twice';
  const replaced = record.earlier?.some(
    ({ attempt, ended }) => attempt === mark.attempt && ended === 'replaced',
  );
  if (replaced === true) return 'not_ended';
  // Another attempt uploads anew, under another name.
  return mark.attempt < record.attempt ? undefined : judgeCurrent(record);
}

function judgeCurrent(record: BatchRecord): KeepReason | undefined {
  switch (record.status) {
    case 'pending':
      return 'unknown';
    case 'uploading':
    case 'uploaded':
    case 'creating':
    case 'uncertain':
      return 'needed';
    case 'submitted':
      return 'not_ended';
    case 'succeeded':
      return 'not_collected';
    case 'collected':
      return undefined;
    case 'expired':
    case 'cancelled':
      return record.results !== undefined && record.saved === undefined ? 'not_collected' : undefined;
    case 'failed':
      // The next submit tries the same name again.
      if (record.step === 'input' || record.step === 'upload') return 'needed';
      if (record.reason === 'missing') return 'not_ended';
      return record.results !== undefined && record.saved === undefined ? 'not_collected' : undefined;
  }
}

function attemptKey({ stateId, batch, attempt }: NameParts): string {
  return `${stateId}/${batch}/${attempt}`;
}
