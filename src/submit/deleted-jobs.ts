import type { DeletedJob } from '../events/deleted-jobs.ts';
import { inspectInput } from '../input/inspect.ts';
import { jobNamesOf, type BatchRecord } from '../model/batch-record.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { readMark, type NameMark } from '../model/names.ts';
import type { InputFile } from '../model/plan.ts';
import { recordOf, type SubmissionState } from '../model/submission-state.ts';
import { isSameModel } from './adopt-match.ts';
import type { SubmitContext } from './submit-context.ts';

/**
 * Refuses, before anything is sent, to pay for what a job was made from that a cleanup deleted. No listing shows
 * such a job: to a state that was lost, or restored from an older copy, only the log speaks of it.
 * @param files of batches without a job, or whose create has an unknown outcome
 * @throws {BatchSubmitError} `E_OTHER_INPUT`
 */
export async function refuseDeletedJobs(
  { options, store, signal }: Pick<SubmitContext, 'options' | 'signal' | 'store'>,
  files: readonly InputFile[],
): Promise<void> {
  const unknown = unknownAmong(await options.deletedJobs(), store.current(), options.model);
  if (unknown.length === 0) return;
  if (options.fresh) {
    // Said once, it holds: the next run over the same state must not ask again.
    const foreign = new Set(unknown.map(({ mark }) => mark.stateId));
    foreign.delete(store.current().stateId);
    return store.ignoreStates([...foreign]);
  }
  for (const { batch, path } of files) {
    const ofBatch = unknown.filter(({ mark }) => mark.batch === batch);
    if (ofBatch.length === 0) continue;
    const sha256 = await contentOf(recordOf(store.current(), batch), path, signal);
    const same = ofBatch.find(({ mark }) => sha256?.startsWith(mark.content) === true);
    if (same !== undefined) throw deletedJob(batch, same);
  }
}

interface Unknown {
  readonly name: string;
  readonly log: string;
  readonly mark: NameMark;
}

function unknownAmong(
  deleted: readonly DeletedJob[],
  { stateId, batches, ignoredStates = [] }: SubmissionState,
  model: string,
): readonly Unknown[] {
  return deleted.flatMap((job) => {
    const mark = readMark(job.displayName);
    if (mark === undefined || ignoredStates.includes(mark.stateId) || !isSameModel(job, model)) return [];
    const record = batches.get(mark.batch);
    // An earlier attempt that is not known was paid for again already, because the user said so.
    const isOver = mark.stateId === stateId && mark.attempt < (record?.attempt ?? 1);
    const isKnown = record !== undefined && jobNamesOf(record).includes(job.name);
    return isOver || isKnown ? [] : [{ name: job.name, log: job.log, mark }];
  });
}

async function contentOf(
  record: BatchRecord,
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (record.status === 'creating' || record.status === 'uncertain') return record.input.sha256;
  const inspection = await inspectInput(path, signal);
  return inspection.ok ? inspection.facts.sha256 : undefined;
}

function deletedJob(batch: number, { name, log }: Unknown): BatchSubmitError {
  return new BatchSubmitError(
    'E_OTHER_INPUT',
    `Cannot submit batch ${batch}: a cleanup deleted ${name}, which was made from the same file, and this state knows nothing of it`,
    {
      hint: `put the newest copy of the state file back, take the jobs over with \`batch-submit adopt ${log}\`, or pay again with \`--fresh\``,
    },
  );
}
