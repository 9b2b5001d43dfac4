import type { StatusDocument } from '../documents/inspect.ts';
import { EXIT } from '../cli/exit-codes.ts';
import type { RunWatch } from './run-watch.ts';
import { readyIn, runningIn } from './status-counts.ts';
import type { ToolBox } from './tool.ts';
import { countsOf, type WorkResult } from './work-result.ts';

/** Commands that go on in the next call where one stops. */
export type WorkCommand = 'submit' | 'run' | 'retry' | 'download';

/** What was called. */
interface Standing {
  readonly command: WorkCommand;
  /** The tool's own name, to call again. */
  readonly tool: string;
  readonly options: object;
}

/** Jobs take minutes: an agent that waits as long as so many looks at them needs few calls. */
const LOOKS = 10;

/** Where everything stands after a call, and what is next. @param watch of the work that was done, if any was */
export async function standing(
  { command, tool, options }: Standing,
  watch: RunWatch | undefined,
  box: ToolBox,
  isCut: boolean,
): Promise<WorkResult> {
  // Of the chosen batches alone: the others would keep a finished call in progress for ever.
  const only = 'only' in options ? options.only : undefined;
  const { document, exitCode } = await box.run('status', { only, exitCode: true });
  const status = document as StatusDocument; // what `status` prints
  const counts = countsOf(status);
  const problems = watch?.problems() ?? [];
  const shared = { counts, ...(problems.length === 0 ? {} : { problems }) };
  if (isCut) {
    return { state: 'in_progress', ...shared, ...waitOf(counts, watch, box), next: tool };
  }
  if (exitCode === EXIT.uncertain || exitCode === EXIT.someFailed)
    return { state: 'attention', ...shared, next: nextToMend(status, exitCode) };
  const isDone = isDoneWith(command, status);
  return {
    state: isDone ? 'done' : 'in_progress',
    ...shared,
    ...(isDone ? {} : { resumeAfter: box.now().toISOString() }),
    ...(isDone && command === 'run'
      ? { note: `merged.jsonl in ${box.output} holds one line for each request` }
      : {}),
    ...nextAfter(status, tool),
  };
}

/** What runs is collected first: a retry knows then of everything that has failed. */
function nextToMend(status: StatusDocument, exitCode: number): string {
  if (exitCode === EXIT.uncertain) return 'batch_submit';
  return runningIn(status) > 0 ? 'batch_run' : 'batch_retry';
}

/** What the next call waits for, and when it makes sense. */
function waitOf(
  { remaining, running }: WorkResult['counts'],
  watch: RunWatch | undefined,
  box: ToolBox,
): Pick<WorkResult, 'waitingFor' | 'resumeAfter'> {
  const now = box.now();
  const waitsUntil = watch?.waitsUntil(now);
  if (waitsUntil !== undefined) return { waitingFor: 'quota', resumeAfter: waitsUntil.toISOString() };
  const afterLooks = (looks: number): string =>
    new Date(now.getTime() + looks * box.limits.pollMs).toISOString();
  if (remaining === 0 && running > 0) return { waitingFor: 'jobs', resumeAfter: afterLooks(LOOKS) };
  if (running > 0 && watch?.isIdle(now) === true) return { waitingFor: 'quota', resumeAfter: afterLooks(1) };
  return { resumeAfter: now.toISOString() };
}

/** True where the same command has nothing left to do. */
function isDoneWith(command: WorkCommand, status: StatusDocument): boolean {
  const toSubmit = status.counts.notSubmitted;
  const toCollect = runningIn(status) + readyIn(status);
  if (command === 'run') return toSubmit + toCollect === 0;
  return (command === 'download' ? toCollect : toSubmit) === 0;
}

/** The tool that brings the batches on from here; none where all is collected. */
function nextAfter(status: StatusDocument, tool: string): { readonly next?: string } {
  const toCollect = runningIn(status) + readyIn(status);
  if (status.counts.notSubmitted > 0)
    return { next: tool === 'batch_download' && toCollect === 0 ? 'batch_run' : tool };
  return toCollect > 0 ? { next: 'batch_run' } : {};
}
