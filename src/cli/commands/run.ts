import { buildReport, writeReport } from '../../collect/report.ts';
import { runAll } from '../../run/run-all.ts';
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
  return await inSession(desk, async (session) => {
    const { planned, todo } = planFrom(desk, plan.files, session.store.current());
    const batches = plan.files.map(({ batch }) => batch);
    const startedMs = await startRun(desk, session, batches, todo);
    const outcome = await runAll(session, planned, {
      submit: submitOptions(desk),
      download: downloadOptions(desk),
      pollMs: paths.pollMs,
      timeoutMs: paths.timeoutMs,
    });
    await writeReport(paths.report, buildReport(session.store.current(), batches, invocation.io.clock.now()));
    desk.emit({ event: 'report_written', path: paths.report });
    const { stoppedBy, submitted } = outcome.submit;
    const result = {
      submitted: submitted.length,
      downloaded: outcome.downloaded.length,
      report: paths.report,
      stoppedBy,
    };
    const { exitCode } = finishRun(desk, session, batches, startedMs, result);
    if (exitCode !== EXIT.ok) return exitCode;
    if (outcome.downloadFailed.length > 0) return EXIT.someFailed;
    return outcome.active.length > 0 ? EXIT.running : EXIT.ok;
  });
}
