import { judgeAnswer } from '../audit/judge-answer.ts';
import type { FinalRow } from '../audit/final-row.ts';
import { createAnswerReaders, type AnswerReaders } from '../collect/answer-readers.ts';
import { reconcile, type Reconciliation } from '../collect/reconcile.ts';
import type { SubmissionState } from '../model/submission-state.ts';
import { openParser, type ParseOptions, type ParseOutcome } from '../refine/parse/parse-answers.ts';
import type { AnswerText } from '../refine/parse/read-answer.ts';
import type { RecordFiles } from '../refine/record-files.ts';
import { readSummary, saveSection } from '../refine/summary.ts';

export interface ParsedResults extends ParseOutcome {
  readonly reconciliation: Reconciliation;
  /** Batches whose input is gone or has changed: nobody can tell the lines of their answers. */
  readonly withoutInput: readonly number[];
}

/**
 * Makes records of the answers that are on disk, over all attempts at each request. Flat in memory.
 * @throws {BatchSubmitError} `E_DISK`, or the signal's reason when it is aborted
 */
export async function parseResults(
  state: SubmissionState,
  batches: readonly number[],
  files: RecordFiles,
  options: ParseOptions,
  signal: AbortSignal,
): Promise<ParsedResults> {
  // Before anything is read: a summary that is none of ours is not written over.
  await readSummary(files.summary);
  const parser = await openParser(files, options);
  const readers = createAnswerReaders();
  const seen = new Map<number, number>();
  const withoutInput = new Set<number>();
  try {
    const reconciliation = await reconcile(
      state,
      batches,
      async (rows) => {
        for (const { batch, line } of rows) {
          seen.set(batch, (seen.get(batch) ?? 0) + 1);
          if (line === null) withoutInput.add(batch);
        }
        await parser.take(rows.map((row) => ({ row, answers: answersOf(row, readers) })));
      },
      signal,
      { withRequests: true },
    );
    for (const { batch, planned } of reconciliation.batches) {
      parser.addWithout(batch, planned - (seen.get(batch) ?? 0));
    }
    const outcome = await parser.finish();
    if (!options.isDry) await saveSection(files.summary, 'parse', outcome.summary);
    return { ...outcome, reconciliation, withoutInput: [...withoutInput] };
  } finally {
    readers.close();
    await parser.discard();
  }
}

/** Reads the answers to one request only as far as they are asked for. */
function* answersOf(
  { place, attempt, others = [] }: FinalRow,
  readers: AnswerReaders,
): Generator<AnswerText> {
  if (place === undefined) return;
  for (const answer of [{ place, attempt }, ...others]) {
    const line = readers.answerAt(answer.place);
    if (line !== undefined) yield { attempt: answer.attempt, text: judgeAnswer(line, undefined).text };
  }
}
