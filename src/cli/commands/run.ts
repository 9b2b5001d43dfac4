import { basename, dirname } from 'node:path';
import { prepareOutput } from '../../collect/result-file.ts';
import { writeReport } from '../../report/build-report.ts';
import { sweepTemporaryFiles } from '../../state/atomic-file.ts';
import { runAll } from '../../run/run-all.ts';
import type { CommandHandler } from '../command-spec.ts';
import { EXIT } from '../exit-codes.ts';
import { hasFlag } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';
import { inSession } from '../session.ts';
import { finishRun, leftOver, startRun } from './finish-run.ts';
import { describePlan } from './plan-lines.ts';
import { printHeader } from './run-summary.ts';
import { canarySize } from './canary.ts';
import { concludeRun, pricesFor } from './conclude.ts';
import { refuseReportPath } from './report-path.ts';
import { NOTHING_RUN, runAllOptions, sendAhead } from './send-ahead.ts';
import { makePlan, planFrom } from './submit-plan.ts';

/** `batch-submit run`: submits, waits, downloads while later batches are still submitted, and reports. */
export const runCommand: CommandHandler = (invocation) => withDesk(invocation, runWholeJob);

async function runWholeJob(desk: Desk): Promise<number> {
  const { invocation, printer, settings } = desk;
  const paths = settings.settings;
  const canary = canarySize(invocation);
  const plan = await makePlan(desk);
  if (hasFlag(invocation, 'dry-run')) {
    printer.result(describePlan(plan.planned, paths.model, invocation.io.clock.now()));
    return EXIT.ok;
  }
  await pricesFor(desk);
  await refuseReportPath(paths, paths.report);
  await printHeader(desk, plan.planned);
  await prepareOutput(paths.output);
  return await inSession(desk, async (session) => {
    const { planned, todo, batches } = planFrom(desk, plan.files, session.store.current());
    const startedMs = await startRun(desk, session, batches, todo);
    const first = await sendAhead(desk, session, planned, canary);
    const outcome =
      first.stoppedBy === undefined && first.goesOn
        ? await runAll(
            session,
            planFrom(desk, plan.files, session.store.current()).planned,
            runAllOptions(desk),
          )
        : { ...NOTHING_RUN, stoppedBy: first.stoppedBy };
    // A run that was ended in the middle of its report leaves a temporary file, and the lock is ours.
    await sweepTemporaryFiles(dirname(paths.report), basename(paths.report));
    const { report, merged } = await concludeRun(desk, session.store.current());
    await writeReport(paths.report, report);
    desk.emit({ event: 'report_written', path: paths.report });
    return finishRun(desk, session, batches, startedMs, {
      submitted: first.submitted + outcome.submitted.length,
      downloaded: first.downloaded + outcome.downloaded.length,
      report: paths.report,
      merged,
      otherwise: leftOver(outcome),
      stoppedBy: outcome.stoppedBy,
    });
  });
}
