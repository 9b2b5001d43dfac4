import { basename, dirname } from 'node:path';
import { prepareOutput } from '../../collect/result-file.ts';
import { buildReport, writeReport } from '../../collect/report.ts';
import { sweepTemporaryFiles } from '../../state/atomic-file.ts';
import { runAll, type RunAllOutcome } from '../../run/run-all.ts';
import type { CommandHandler } from '../command-spec.ts';
import { EXIT } from '../exit-codes.ts';
import { hasFlag } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';
import { inSession } from '../session.ts';
import { finishRun, startRun } from './finish-run.ts';
import { describePlan } from './plan-lines.ts';
import { printHeader } from './run-summary.ts';
import { downloadOptions } from './download.ts';
import { makePlan, planFrom, submitOptions } from './submit-plan.ts';

/** `batch-submit run`: submits, waits, downloads while later batches are still submitted, and reports. */
export const runCommand: CommandHandler = (invocation) => withDesk(invocation, runWholeJob);

async function runWholeJob(desk: Desk): Promise<number> {
  const { invocation, printer, settings } = desk;
  const paths = settings.settings;
  const plan = await makePlan(desk);
  if (hasFlag(invocation, 'dry-run')) {
    printer.result(describePlan(plan.planned, paths.model, invocation.io.clock.now()));
    return EXIT.ok;
  }
  await printHeader(desk, plan.planned);
  await prepareOutput(paths.output);
  return await inSession(desk, async (session) => {
    const { planned, todo, batches } = planFrom(desk, plan.files, session.store.current());
    const startedMs = await startRun(desk, session, batches, todo);
    const outcome = await runAll(session, planned, {
      submit: submitOptions(desk),
      download: downloadOptions(desk),
      pollMs: paths.pollMs,
      timeoutMs: paths.timeoutMs,
    });
    // A run that was ended in the middle of its report leaves a temporary file, and the lock is ours.
    await sweepTemporaryFiles(dirname(paths.report), basename(paths.report));
    await writeReport(paths.report, buildReport(session.store.current(), batches, invocation.io.clock.now()));
    desk.emit({ event: 'report_written', path: paths.report });
    return finishRun(desk, session, batches, startedMs, {
      submitted: outcome.submitted.length,
      downloaded: outcome.downloaded.length,
      report: paths.report,
      otherwise: leftOver(outcome),
      stoppedBy: outcome.stoppedBy,
    });
  });
}

/** The exit code for what is neither failed nor finished. */
function leftOver({ downloadFailed, active }: RunAllOutcome): number {
  if (downloadFailed.length > 0) return EXIT.someFailed;
  return active.length > 0 ? EXIT.running : EXIT.ok;
}
