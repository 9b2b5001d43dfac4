import { loadState } from '../../state/load-state.ts';
import type { Desk } from '../desk.ts';
import { startOf } from './finish-run.ts';
import { exitCodeFor, printNext, standingOf } from './run-summary.ts';
import { NO_STATE, type SubmitPlan } from './submit-plan.ts';

/** Says that everything is submitted, without a request and without touching a file. */
export async function reportNothingToDo(desk: Desk, plan: SubmitPlan): Promise<number> {
  const { invocation, printer, settings } = desk;
  const loaded = await loadState(settings.settings.state);
  const batches = plan.files.map(({ batch }) => batch);
  const standing = standingOf(loaded?.state ?? NO_STATE, batches);
  const exitCode = exitCodeFor(standing);
  const { command, version } = invocation;
  const failed = standing.counts.failed + standing.counts.expired + standing.counts.cancelled;
  printer.event({ event: 'run_started', command, version, planned: 0, ...startOf(standing) });
  const totals = {
    submitted: 0,
    failed,
    uncertain: 0,
    downloaded: 0,
    remaining: standing.counts.notSubmitted,
  };
  printer.event({ event: 'run_finished', ...totals, exitCode, ms: 0 });
  const rest = failed > 0 ? `, ${failed} failed` : '';
  printer.note(`Nothing to submit: ${standing.submitted} of ${standing.total} batches are submitted${rest}`);
  printNext(desk, standing);
  return exitCode;
}
