import type { BatchRecord } from '../../model/batch-record.ts';
import { foldBatches } from '../../model/batch-set.ts';
import { isSubmitted, recordOf, type SubmissionState } from '../../model/submission-state.ts';
import { countStatuses, summarize, type StatusCounts } from '../../model/summary.ts';
import { formatBytes } from '../../model/units.ts';
import type { PlannedBatch } from '../../model/plan.ts';
import { EXIT } from '../exit-codes.ts';
import type { Desk } from '../desk.ts';

/** What a run starts with: version, model, where the key comes from, and what it found. */
export async function printHeader(desk: Desk, planned: readonly PlannedBatch[]): Promise<void> {
  const { settings } = desk.settings;
  const { origin } = await desk.apiKey();
  const todo = planned.filter(({ action }) => action.kind !== 'skip').map(({ file }) => file.batch);
  const bytes = planned.reduce((total, { file }) => total + file.sizeBytes, 0);
  const remaining = todo.length === 0 ? '' : ` (${foldBatches(todo)})`;
  const note = (text: string): void => desk.printer.note(text);
  note(`batch-submit ${desk.invocation.version} · ${settings.model} · key from ${origin}`);
  note(
    `  Input      ${settings.input}   ${plural(planned.length, 'batch', 'batches')}, ${formatBytes(bytes)}`,
  );
  note(
    `  State      ${settings.state}   ${planned.length - todo.length} done, ${todo.length} remaining${remaining}`,
  );
  note('');
}

/** Where the batches of a run stand now. */
export interface Standing {
  readonly total: number;
  readonly submitted: number;
  readonly counts: StatusCounts;
  /** Of the failed: those whose input file was refused by our own check. */
  readonly badInput: number;
}

export function standingOf(state: SubmissionState, batches: readonly number[]): Standing {
  const lines = summarize(state, batches).filter(({ batch }) => batches.includes(batch));
  const submitted = lines.filter(({ batch }) => isSubmitted(recordOf(state, batch))).length;
  const badInput = lines.filter(({ batch }) => isBadInput(recordOf(state, batch))).length;
  return { total: lines.length, submitted, counts: countStatuses(state, lines), badInput };
}

function isBadInput(record: BatchRecord): boolean {
  return record.status === 'failed' && record.step === 'input';
}

/** The one next command that fits. */
export function nextCommand({ counts, badInput }: Standing): string | undefined {
  const failed = counts.failed + counts.expired + counts.cancelled;
  if (counts.uncertain > 0) return 'batch-submit             look up the creates whose outcome is unknown';
  if (failed > 0 && failed === badInput) {
    return 'batch-submit retry       once the input files are corrected';
  }
  if (failed > 0) return 'batch-submit retry       submit again what failed';
  if (counts.notSubmitted > 0) return 'batch-submit             submit the rest';
  if (counts.pending + counts.running > 0) return 'batch-submit watch       follow the jobs';
  if (counts.succeeded > counts.downloaded) return 'batch-submit download    save the results';
  return undefined;
}

/** 6 when an outcome is unknown, 3 when batches failed, else 0. */
export function exitCodeFor({ counts }: Standing): number {
  if (counts.uncertain > 0) return EXIT.uncertain;
  return counts.failed + counts.expired + counts.cancelled > 0 ? EXIT.someFailed : EXIT.ok;
}

export function printNext(desk: Desk, standing: Standing): void {
  const next = nextCommand(standing);
  if (next !== undefined) desk.printer.note(`\nNext: ${next}`);
}

export function plural(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
