import type { StatusDocument } from '../documents/inspect.ts';
import type { PlanDocument } from '../documents/plan.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { formatBytes } from '../model/units.ts';
import { createRunWatch, type RunWatch } from './run-watch.ts';
import { readyIn, runningIn } from './status-counts.ts';
import type { ToolBox, ToolCall } from './tool.ts';
import { countsOf, type WorkResult } from './work-result.ts';

/** A command that goes on in the next call where this one stops. */
export interface Work {
  readonly command: 'submit' | 'run' | 'retry' | 'download';
  readonly options: object;
  /** The tool's own name, to call again. */
  readonly tool: string;
  readonly confirm?: boolean | undefined;
  /** At most so many jobs in this call. */
  readonly maxBatches?: number | undefined;
}

/**
 * Works until it is done or the time of the call is over. What is begun is finished and saved, as after Ctrl-C, so
 * nothing is lost however the call ends.
 * @throws {BatchSubmitError} what stopped the command, other than the end of the time
 */
export async function work(what: Work, call: ToolCall, box: ToolBox): Promise<WorkResult> {
  await box.confine();
  refuseMaxBatches(what.maxBatches);
  const watch = createRunWatch(call.progress);
  try {
    let limit: object = {};
    let reserved = 0;
    if (what.command !== 'download') {
      const plan = await planOf(what, call, box);
      const refused = await refusal(what, plan, box);
      if (refused !== undefined) return refused;
      if (what.command === 'retry' && jobsIn(plan) === 0) return await nothingToRetry(what, box);
      limit = limitFor(what, plan, box);
      reserved = Math.min(jobsIn(plan), what.maxBatches ?? Number.POSITIVE_INFINITY, box.budget.left());
    }
    // Set aside before the work begins, so that another call cannot count on the same jobs meanwhile.
    box.budget.spend(reserved);
    try {
      await box.run(
        what.command,
        { ...what.options, ...limit },
        { signal: call.signal, onEvent: watch.tell },
      );
    } finally {
      box.budget.spend(watch.created() - reserved);
    }
  } catch (error) {
    const isOurStop = error instanceof BatchSubmitError && error.code === 'E_INTERRUPTED' && call.isOver();
    if (!isOurStop) throw error;
  }
  return await standing(what, watch, box, call.isOver());
}

function refuseMaxBatches(most: number | undefined): void {
  if (most === undefined || (Number.isSafeInteger(most) && most > 0)) return;
  throw new BatchSubmitError('E_USAGE', `Cannot use maxBatches ${most}: it is not a whole number from 1 on`, {
    hint: 'leave it out for no limit, or call batch_plan to see what would be sent',
  });
}

/** What the command would send. */
async function planOf(what: Work, call: ToolCall, box: ToolBox): Promise<PlanDocument> {
  const { document } = await box.run(
    what.command,
    { ...what.options, dryRun: true },
    { signal: call.signal },
  );
  return document as PlanDocument; // with `dryRun` these commands print their plan
}

export function jobsIn(plan: PlanDocument): number {
  return plan.creates + (plan.rowRetries?.length ?? 0);
}

/** Spending more than was agreed on is asked for first. */
async function refusal(what: Work, plan: PlanDocument, box: ToolBox): Promise<WorkResult | undefined> {
  const jobs = Math.min(jobsIn(plan), what.maxBatches ?? Number.POSITIVE_INFINITY);
  const { confirmAbove } = box.limits;
  if (jobs > 0 && box.budget.left() < 1) {
    const found = await standing(what, undefined, box, false);
    const note = 'this server may create no more jobs (--max-batches); the user can start it with more';
    const next = found.counts.submitted > found.counts.downloaded ? 'batch_download' : undefined;
    return { ...found, state: 'stopped', note, next, resumeAfter: undefined };
  }
  if (jobs <= confirmAbove || what.confirm === true) return undefined;
  return {
    ...(await standing(what, undefined, box, false)),
    state: 'needs_confirm',
    note:
      `this creates up to ${jobs} paid jobs of ${plan.model} and uploads ${formatBytes(plan.uploadBytes)}; ` +
      `more than ${confirmAbove} need confirm: true`,
    next: what.tool,
    resumeAfter: undefined,
  };
}

/** Else an agent that is told to retry what cannot be retried would do so without end. */
async function nothingToRetry(what: Work, box: ToolBox): Promise<WorkResult> {
  const found = await standing(what, undefined, box, false);
  if (found.state !== 'attention') return found;
  const note =
    'nothing is left that a retry sends by itself; batch_audit tells what has no good answer, and why';
  return { ...found, note, next: 'batch_audit' };
}

/** @returns the option that keeps the command within what may be spent; row retries are made whole or not at all */
function limitFor(what: Work, plan: PlanDocument, box: ToolBox): object {
  const most = Math.min(what.maxBatches ?? Number.POSITIVE_INFINITY, box.budget.left());
  if (jobsIn(plan) <= most) return {};
  if (what.command !== 'retry') return { limit: most };
  throw new BatchSubmitError(
    'E_USAGE',
    `Cannot retry: it takes ${jobsIn(plan)} jobs, and ${most} may be created`,
    {
      hint: 'name fewer batches with `only`, or allow more with `maxBatches` or the server flag `--max-batches`',
    },
  );
}

/** Jobs take minutes: an agent that waits as long as so many looks at them needs few calls. */
const LOOKS = 10;

/** Where everything stands after a call, and what is next. @param watch of the work that was done, if any was */
async function standing(
  { command, tool, options }: Pick<Work, 'command' | 'tool' | 'options'>,
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
    return {
      state: 'attention',
      ...shared,
      next: exitCode === EXIT.uncertain ? 'batch_submit' : 'batch_retry',
    };
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
function isDoneWith(command: Work['command'], status: StatusDocument): boolean {
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
