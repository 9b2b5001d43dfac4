import { tellDeadlines } from '../../run/tell-deadlines.ts';
import { submit } from '../../submit/submit.ts';
import type { CommandHandler } from '../command-spec.ts';
import { hasFlag } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';
import { inSession } from '../session.ts';
import { canarySize } from './canary.ts';
import { pricesFor } from './conclude.ts';
import { sendAhead } from './send-ahead.ts';
import { finishRun, startRun } from './finish-run.ts';
import { describePlan } from './plan-lines.ts';
import { reportNothingToDo } from './nothing-to-do.ts';
import { printHeader } from './run-summary.ts';
import { makePlan, planFrom, submitOptions } from './submit-plan.ts';

/** `batch-submit [from] [to]`: submits what is not submitted yet. */
export const submitCommand: CommandHandler = (invocation) => withDesk(invocation, submitRemaining);

async function submitRemaining(desk: Desk): Promise<number> {
  const { invocation, printer } = desk;
  const canary = canarySize(invocation);
  const plan = await makePlan(desk);
  if (hasFlag(invocation, 'dry-run')) {
    printer.result(describePlan(plan.planned, desk.settings.settings.model, invocation.io.clock.now()));
    return 0;
  }
  if (plan.todo === 0) return await reportNothingToDo(desk, plan);
  if (canary !== undefined) await pricesFor(desk);
  await printHeader(desk, plan.planned);
  return await inSession(desk, async (session) => {
    const { planned, todo, batches } = planFrom(desk, plan.files, session.store.current());
    const startedMs = await startRun(desk, session, batches, todo);
    const first = await sendAhead(desk, session, planned, canary);
    const outcome =
      first.stoppedBy === undefined && first.goesOn
        ? await submit(
            session,
            planFrom(desk, plan.files, session.store.current()).planned,
            submitOptions(desk),
          )
        : { submitted: [], stoppedBy: first.stoppedBy };
    tellDeadlines(session, batches, new Set());
    return finishRun(desk, session, batches, startedMs, {
      submitted: first.submitted + outcome.submitted.length,
      downloaded: first.downloaded,
      stoppedBy: outcome.stoppedBy,
    });
  });
}
