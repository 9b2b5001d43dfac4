import { buildReport, writeReport } from '../../collect/report.ts';
import { loadState } from '../../state/load-state.ts';
import { knownBatches } from '../batches.ts';
import type { CommandHandler } from '../command-spec.ts';
import { EXIT } from '../exit-codes.ts';
import { hasFlag, textFlag } from '../invocation.ts';
import { withDesk, type Desk } from '../desk.ts';
import { NO_STATE } from './submit-plan.ts';

/** `batch-submit report`: reconciles from what was planned to what is on disk. Sends nothing. */
export const reportCommand: CommandHandler = (invocation) => withDesk(invocation, makeReport);

async function makeReport(desk: Desk): Promise<number> {
  const { invocation, printer, settings } = desk;
  const path = textFlag(invocation, 'output') ?? settings.settings.report;
  const state = (await loadState(settings.settings.state))?.state ?? NO_STATE;
  const batches = await knownBatches(settings.settings, state, { kind: 'all' });
  const report = buildReport(state, batches, invocation.io.clock.now());
  const isShown = path === '-' || hasFlag(invocation, 'json');
  const isKept = path !== '-' && !hasFlag(invocation, 'dry-run');
  if (isKept) await writeReport(path, report);
  const { statistics, requests } = report;
  const text = isShown
    ? JSON.stringify(report, undefined, 2).split('\n')
    : [
        `${statistics.submitted} of ${statistics.total} submitted (${statistics.percentage}%), ${statistics.failed} failed, ${report.counts.downloaded} downloaded`,
        `Requests: ${requests.planned} planned = ${requests.answered} answered + ${requests.failed} failed + ${requests.missing} missing + ${requests.pending} pending`,
        isKept ? `Report written to ${path}` : 'Nothing was written.',
      ];
  printer.result({ lines: text, records: text.map((line) => [line]), json: report });
  return EXIT.ok;
}
