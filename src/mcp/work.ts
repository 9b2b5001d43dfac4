import type { PlanDocument } from '../documents/plan.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { formatBytes } from '../model/units.ts';
import { createRunWatch } from './run-watch.ts';
import { standing, type WorkCommand } from './standing.ts';
import type { ToolBox, ToolCall } from './tool.ts';
import type { WorkResult } from './work-result.ts';

/** A command that goes on in the next call where this one stops. */
export interface Work {
  readonly command: WorkCommand;
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
