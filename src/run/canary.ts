import { openLineReader } from '../audit/line-reader.ts';
import type { FinalRow } from '../audit/final-row.ts';
import { parseAnswer } from '../audit/read-results.ts';
import { textOfAnswer } from '../audit/answer-text.ts';
import { reconcile, type Reconciliation } from '../collect/reconcile.ts';
import type { PlannedBatch } from '../model/plan.ts';
import type { RunContext } from '../model/run-context.ts';
import { recordOf } from '../model/submission-state.ts';
import { runAll, type RunAllOptions, type RunAllOutcome } from './run-all.ts';

/** An answer to look at before the rest is paid for. */
export interface ShownAnswer {
  readonly batch: number;
  readonly line: number | null;
  readonly key: string | undefined;
  readonly text: string;
}

export interface CanaryOutcome {
  readonly run: RunAllOutcome;
  /** Without the batches that only send their rows again. */
  readonly batches: readonly number[];
  readonly reconciliation: Reconciliation;
  readonly answers: readonly ShownAnswer[];
  /** Every request of every canary batch has an answer that can be used, and nothing else came. */
  readonly hasPassed: boolean;
}

const ANSWERS_SHOWN = 2;

/**
 * Submits the canary batches, waits for them, saves their results and audits them. Those that an earlier
 * run submitted are taken as they are, so that a canary that was interrupted goes on where it was.
 * @param planned the canary, and the batches that send rows of it again: their answers count as its own
 */
export async function runCanary(
  context: RunContext,
  planned: readonly PlannedBatch[],
  options: RunAllOptions,
): Promise<CanaryOutcome> {
  const run = await runAll(context, planned, options);
  const state = context.store.current();
  const batches = planned
    .map(({ file }) => file.batch)
    .filter((batch) => recordOf(state, batch).rowsOf === undefined);
  const shown: FinalRow[] = [];
  const reconciliation = await reconcile(
    state,
    batches,
    (rows) => {
      const good = rows.filter(({ judgement }) => judgement?.kind === 'answered');
      shown.push(...good.slice(0, ANSWERS_SHOWN - shown.length));
      return Promise.resolve();
    },
    context.signal,
  );
  // Not by the status: of a batch that was cut short, the other rows may have been answered by a retry.
  const isComplete =
    reconciliation.batches.length === batches.length &&
    reconciliation.batches.every(({ planned: asked, answered }) => asked > 0 && asked === answered);
  return {
    run,
    batches,
    reconciliation,
    answers: shown.flatMap(readAnswer),
    hasPassed: isComplete && reconciliation.defectCount === 0,
  };
}

function readAnswer({ batch, line, key, place }: FinalRow): ShownAnswer[] {
  if (place === undefined) return [];
  const reader = openLineReader(place.path);
  try {
    const answer = parseAnswer(reader.read(place.offset, place.length));
    return answer === undefined ? [] : [{ batch, line, key, text: textOfAnswer(answer) }];
  } finally {
    reader.close();
  }
}
