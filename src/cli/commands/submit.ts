import { submit } from '../../submit/submit.ts';
import type { CommandHandler } from '../command-spec.ts';
import { hasFlag } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';
import { inSession } from '../session.ts';
import { finishRun, startRun } from './finish-run.ts';
import { describePlan } from './plan-lines.ts';
import { reportNothingToDo } from './nothing-to-do.ts';
import { printHeader } from './run-summary.ts';
import { makePlan, planFrom, submitOptions } from './submit-plan.ts';

/** `batch-submit [from] [to]`: submits what is not submitted yet. */
export const submitCommand: CommandHandler = (invocation) => withDesk(invocation, submitRemaining);

async function submitRemaining(desk: Desk): Promise<number> {
  const { invocation, printer } = desk;
  const plan = await makePlan(desk);
  if (hasFlag(invocation, 'dry-run')) {
    printer.result(describePlan(plan.planned, desk.settings.settings.model, invocation.io.clock.now()));
    return 0;
  }
  if (plan.todo === 0) return await reportNothingToDo(desk, plan);
  await printHeader(desk, plan.planned);
  return await inSession(desk, async (session) => {
    const { planned, todo, batches } = planFrom(desk, plan.files, session.store.current());
    const startedMs = await startRun(desk, session, batches, todo);
    const outcome = await submit(session, planned, submitOptions(desk));
    const result = { submitted: outcome.submitted.length, downloaded: 0, stoppedBy: outcome.stoppedBy };
    return finishRun(desk, session, batches, startedMs, result);
  });
}
