import { DEFECT_KINDS, type DefectKind } from '../../model/answer.ts';
import { parseOnly, type BatchSelection } from '../../model/batch-set.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { DEFAULT_MAX_ATTEMPTS } from '../../model/retry-policy.ts';
import type { UnusableKind } from '../../refine/parse/unusable-rows.ts';
import type { RowWish } from '../../submit/choose-rows.ts';
import { RETRY_STATUSES, type RetryStatus } from '../../submit/requeue.ts';
import { countFlag, hasFlag, textFlag, type Invocation } from '../invocation.ts';

/** What `retry` takes, as its flags say. */
export interface RetryScope {
  /** Batches whose lost create is to be forgotten. */
  readonly forget: { readonly text: string; readonly selection: BatchSelection } | undefined;
  /** Batches of these kinds; none with --rows-only. */
  readonly statuses: readonly RetryStatus[];
  /** Rows of collected batches; `undefined` with --batches-only. */
  readonly rows: RowWish | undefined;
  /** Rows whose answers gave no records too, as `parse` found; none where they are not asked for. */
  readonly unusable: readonly UnusableKind[];
}

const UNUSABLE: readonly UnusableKind[] = ['unparsable', 'miscounted'];

/** Kinds that are a row's own; a foreign line belongs to no row, and an unreadable one is a missing row. */
const ROW_KINDS = DEFECT_KINDS.filter((kind) => kind !== 'foreign' && kind !== 'unreadable');

/** @throws {BatchSubmitError} `E_USAGE` */
export function retryScope(invocation: Invocation): RetryScope {
  const [batchesOnly, rowsOnly] = [hasFlag(invocation, 'batches-only'), hasFlag(invocation, 'rows-only')];
  if (batchesOnly && rowsOnly) {
    throw new BatchSubmitError('E_USAGE', 'Cannot use --batches-only together with --rows-only', {
      hint: 'leave both out to retry batches and rows',
    });
  }
  const reasons = wordsOf(invocation, 'reason', [...ROW_KINDS, ...UNUSABLE], 'reason', 'error,truncated');
  const kinds = reasons?.filter((word) => ROW_KINDS.some((kind) => kind === word)) as
    | readonly DefectKind[]
    | undefined;
  const named = wordsOf(invocation, 'status', RETRY_STATUSES, 'status', 'failed,expired');
  // Paying again for what may still exist must be asked for by name.
  const statuses = named ?? RETRY_STATUSES.filter((status) => status !== 'missing' && status !== 'lost');
  // Each of the two narrows the retry to its own level, unless the other is there as well.
  const wantsBatches = !rowsOnly && (kinds === undefined || named !== undefined);
  const wantsRows = !batchesOnly && (named === undefined || kinds !== undefined);
  const maxAttempts = countFlag(invocation, 'max-attempts') ?? DEFAULT_MAX_ATTEMPTS;
  const forget = textFlag(invocation, 'forget');
  return {
    forget: forget === undefined ? undefined : { text: forget, selection: parseOnly(forget, '--forget') },
    statuses: wantsBatches ? statuses : [],
    rows: wantsRows ? { kinds, maxAttempts } : undefined,
    unusable: wantsRows ? UNUSABLE.filter((kind) => reasons?.includes(kind) === true) : [],
  };
}

function wordsOf<T extends DefectKind | RetryStatus | UnusableKind>(
  invocation: Invocation,
  flag: string,
  known: readonly T[],
  what: string,
  example: string,
): readonly T[] | undefined {
  return textFlag(invocation, flag)
    ?.split(',')
    .map((word) => {
      const found = known.find((candidate) => candidate === word.trim());
      if (found !== undefined) return found;
      throw new BatchSubmitError(
        'E_USAGE',
        `Cannot retry the ${what} "${word}": it is not one of ${known.join(', ')}`,
        { hint: `write it as \`--${flag} ${example}\`` },
      );
    });
}
