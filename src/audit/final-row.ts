import type { RequestRow } from '../input/request-rows.ts';
import type { Judgement } from '../model/answer.ts';
import { mayStillAnswer, type BatchRecord } from '../model/batch-record.ts';
import { judgementOf, type AuditedResult } from './audit-result.ts';
import type { RowRetry } from './row-retries.ts';

/** Where the answer that counts stands. */
export interface AnswerPlace {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
  readonly resultLine: number;
}

/** An answer that does not count, because another one is better or newer. */
export interface OtherAnswer {
  readonly place: AnswerPlace;
  readonly attempt: number;
}

/** What came of one request, over all attempts. */
export interface RowOutcome {
  /** `undefined`: no answer came. */
  readonly judgement: Judgement | undefined;
  readonly place: AnswerPlace | undefined;
  /** Further answers to the same request, the newest first; absent where one attempt alone left one. */
  readonly others?: readonly OtherAnswer[];
  /** Which attempt at this request the judgement speaks of, from 1. */
  readonly attempt: number;
  /** How often it was sent so far. */
  readonly tries: number;
  /** An answer may still come: a job is on its way. */
  readonly isOpen: boolean;
  /** A retry that may still answer it holds this row, so no other one may take it. */
  readonly isClaimed: boolean;
  /** It may have been answered: results that hold its answer, or did, are not on disk as they were saved. */
  readonly isUnknown: boolean;
}

/** One request of a batch with what came of it. */
export interface FinalRow extends RowOutcome {
  readonly batch: number;
  /** Line of the input file, from 1; `null` when the input is not at hand. */
  readonly line: number | null;
  /** `undefined` when only the answer itself can say it. */
  readonly key: string | undefined;
  /** The request, where the input is at hand: of rows without a good answer, or of all if they are asked for. */
  readonly request: Pick<RequestRow, 'key' | 'origin' | 'isBare' | 'bytes'> | undefined;
}

/** What is wanted of rows beside what came of them. */
export interface RowsWish {
  /** The requests of answered rows too. */
  readonly withRequests?: boolean | undefined;
}

/** Receives the rows in the order of the input, some at a time. */
export type RowsReceiver = (rows: readonly FinalRow[]) => Promise<void>;

/** Everything that may hold answers to the requests of one batch. */
export interface AnswerSources {
  readonly batch: number;
  readonly record: BatchRecord;
  /** The batch's own results, the newest first. */
  readonly own: readonly { readonly audited: AuditedResult; readonly attempt: number }[];
  /** Results of its own were altered or removed since they were saved. */
  readonly isIncomplete: boolean;
  readonly retries: readonly RowRetry[];
}

interface Answer {
  readonly judgement: Judgement | undefined;
  readonly place: AnswerPlace | undefined;
  readonly attempt: number;
}

/**
 * A good answer wins, wherever it is; else the newest word counts.
 * @param line of the input file; `undefined` when the input is not at hand, and retries cannot be matched
 */
export function outcomeOf(sources: AnswerSources, row: number, line: number | undefined): RowOutcome {
  const { batch, record, own, retries, isIncomplete } = sources;
  const newest = own[0];
  if (newest !== undefined && own.length === 1 && retries.length === 0) {
    const answer = answerAt(newest.audited, row, newest.attempt);
    // The way of nearly every row of a large file.
    if (answer.judgement?.kind === 'answered') {
      const { attempt } = record;
      const { judgement, place } = answer;
      const tries = attempt;
      return {
        judgement,
        place,
        attempt: newest.attempt,
        tries,
        isOpen: false,
        isClaimed: false,
        isUnknown: false,
      };
    }
  }
  const answers: Answer[] = [];
  let tries = record.attempt;
  let isOpen = mayStillAnswer(record);
  let isClaimed = false;
  let isUnknown = isIncomplete;
  for (const retry of retries) {
    const retryRow = line === undefined ? undefined : retry.rowFor(batch, line);
    if (retryRow === undefined) continue;
    isClaimed ||= retry.holdsRows;
    isOpen ||= mayStillAnswer(retry.record);
    const found: Answer[] = [];
    for (const { audit, attempt } of retry.audits) {
      if (audit.ok) found.push(answerAt(audit.audited, retryRow, tries + attempt));
      else isUnknown = true;
    }
    answers.unshift(...found);
    tries += retry.attempt;
  }
  for (const { audited, attempt } of own) answers.push(answerAt(audited, row, attempt));
  const best =
    answers.find(({ judgement }) => judgement?.kind === 'answered') ??
    answers.find(({ judgement }) => judgement !== undefined);
  const { judgement, place, attempt } = best ?? { judgement: undefined, place: undefined, attempt: tries };
  const outcome = { judgement, place, attempt, tries, isOpen, isClaimed, isUnknown };
  const others = answers.flatMap((other) =>
    other === best || other.place === undefined ? [] : [{ place: other.place, attempt: other.attempt }],
  );
  return others.length === 0 ? outcome : { ...outcome, others };
}

function answerAt(audited: AuditedResult, row: number, attempt: number): Answer {
  const judgement = judgementOf(audited, row);
  const place = judgement === undefined ? undefined : { path: audited.path, ...audited.sheet.placeOf(row) };
  return { judgement, place, attempt };
}
