import { foldBatches } from '../../model/batch-set.ts';
import { isSubmitted, recordOf, type SubmissionState } from '../../model/submission-state.ts';
import {
  countSettled,
  countStatuses,
  countUnanswered,
  summarize,
  type StatusCounts,
} from '../../model/summary.ts';
import { formatBytes } from '../../model/units.ts';
import type { PlannedBatch } from '../../model/plan.ts';
import { EXIT } from '../exit-codes.ts';
import type { Desk } from '../desk.ts';

/** What a run starts with: version, model, where the key comes from, and what it found. */
export async function printHeader(desk: Desk, planned: readonly PlannedBatch[]): Promise<void> {
  await printTitle(desk);
  printPlan(desk, planned);
}

export async function printTitle(desk: Desk): Promise<void> {
  const { model, viaMcp } = desk.settings.settings;
  const key = await desk.ownKey();
  const source = key === undefined ? 'no key of its own' : `key from ${key.origin}`;
  const way = viaMcp === undefined ? '' : ' · through an MCP server';
  desk.printer.note(`batch-submit ${desk.invocation.version} · ${model} · ${source}${way}`);
}

export function printPlan({ printer, settings }: Desk, planned: readonly PlannedBatch[]): void {
  const { input, state } = settings.settings;
  const todo = planned.filter(({ action }) => action.kind !== 'skip').map(({ file }) => file.batch);
  const failed = planned.filter(({ action }) => action.kind === 'skip' && action.why === 'failed').length;
  const done = planned.length - todo.length - failed;
  const bytes = planned.reduce((total, { file }) => total + file.sizeBytes, 0);
  const remaining = todo.length === 0 ? '' : ` (${foldBatches(todo)})`;
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  printer.note(
    `  Input      ${input}   ${plural(planned.length, 'batch', 'batches')}, ${formatBytes(bytes)}`,
  );
  printer.note(`  State      ${state}   ${done} done${failures}, ${todo.length} remaining${remaining}`);
  printer.note('');
}

/** Where the batches of a run stand now. */
export interface Standing {
  readonly total: number;
  readonly submitted: number;
  readonly counts: StatusCounts;
  /** Of the failed: those whose input file was refused by our own check. */
  readonly badInput: number;
  /** Of the failed: those whose job the service does not know. */
  readonly missing: number;
  /** Of the failed, expired and cancelled: those whose requests all have their answers by now, or are sent again. */
  readonly settled: number;
  /** Of the succeeded: those whose results the service has dropped before they were saved. */
  readonly lost: number;
  /** Jobs that were made twice and that nobody has decided on. */
  readonly duplicates: number;
  /** Requests without an answer in the results that are on disk. */
  readonly unanswered: number;
  /** Of the unanswered: those that a retry leaves alone, refused for good or sent as often as allowed. */
  readonly leftAlone: number;
}

export function standingOf(state: SubmissionState, batches: readonly number[]): Standing {
  const chosen = new Set(batches);
  const lines = summarize(state, batches).filter(({ batch }) => chosen.has(batch));
  const submitted = lines.filter(({ batch }) => isSubmitted(recordOf(state, batch))).length;
  const unanswered = countUnanswered(state, batches);
  const records = lines.map(({ batch }) => recordOf(state, batch));
  return {
    total: lines.length,
    submitted,
    counts: countStatuses(state, lines),
    badInput: records.filter((record) => record.status === 'failed' && record.step === 'input').length,
    missing: records.filter((record) => record.status === 'failed' && record.reason === 'missing').length,
    settled: countSettled(state, batches),
    lost: records.filter((record) => record.status === 'succeeded' && record.lostSince !== undefined).length,
    duplicates: records.reduce((total, record) => total + (record.duplicates ?? []).length, 0),
    unanswered: unanswered.count,
    leftAlone: unanswered.permanent,
  };
}

/** The one next command that fits. */
export function nextCommand(standing: Standing): string | undefined {
  const { counts, badInput, missing } = standing;
  const failed = failedOf(standing);
  if (standing.duplicates > 0)
    return 'batch-submit cancel --duplicates    stop the jobs that were made twice';
  if (counts.uncertain > 0) return 'batch-submit             look up the creates whose outcome is unknown';
  if (failed > 0 && failed === badInput) {
    return 'batch-submit retry       once the input files are corrected';
  }
  if (failed > 0 && failed === missing) {
    return 'batch-submit retry --status missing    only if the jobs are really gone';
  }
  if (failed > 0) return 'batch-submit retry       submit again what failed';
  if (counts.notSubmitted > 0) return 'batch-submit             submit the rest';
  if (counts.pending + counts.running > 0) return 'batch-submit watch       follow the jobs';
  if (standing.lost > 0 && counts.succeeded === counts.downloaded + standing.lost)
    return 'batch-submit retry --status lost    pay again for results that the service has dropped';
  if (counts.succeeded > counts.downloaded) return 'batch-submit download    save the results';
  if (standing.unanswered > standing.leftAlone)
    return 'batch-submit retry       send the rows without an answer again';
  if (standing.unanswered > 0) return 'batch-submit report      see which requests a retry leaves alone';
  return undefined;
}

/** Batches that a retry would take. */
export function failedOf({ counts, settled }: Standing): number {
  return counts.failed + counts.expired + counts.cancelled - settled;
}

/** 6 when an outcome is unknown or a job was made twice, 3 when batches or requests failed, else 0. */
export function exitCodeFor(standing: Standing): number {
  if (standing.counts.uncertain + standing.duplicates > 0) return EXIT.uncertain;
  return failedOf(standing) + standing.lost + standing.unanswered > 0 ? EXIT.someFailed : EXIT.ok;
}

export function printNext(desk: Desk, standing: Standing): void {
  const next = nextCommand(standing);
  if (next !== undefined) desk.printer.note(`\nNext: ${next}`);
}

export function plural(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
