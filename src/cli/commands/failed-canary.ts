import { nameBatches } from '../../model/batch-set.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import type { PlannedBatch } from '../../model/plan.ts';
import { sumRequests } from '../../model/request-counts.ts';
import { recordOf, type SubmissionState } from '../../model/submission-state.ts';
import type { CanaryOutcome } from '../../run/canary.ts';
import { failedOf, plural, standingOf } from './run-summary.ts';

/**
 * Why the rest does not follow, what was paid to learn it, and the command that helps.
 * @param planned the canary, and what sends rows of it again
 */
export function failedCanary(
  state: SubmissionState,
  planned: readonly PlannedBatch[],
  { batches, reconciliation }: CanaryOutcome,
  spent: string,
  rest: number,
): BatchSubmitError {
  const { planned: requests, answered, pending } = sumRequests(reconciliation.batches);
  const unanswered = requests - answered;
  const kinds = new Map<string, number>();
  for (const { kind } of reconciliation.defects) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const refused = refusedIn(state, batches);
  const open = pending > 0 ? `, ${pending} of them pending` : '';
  const fact =
    refused.length > 0
      ? `${refused.length === batches.length ? 'its input' : `the input of ${nameBatches(refused)}`} was refused`
      : unanswered > 0
        ? `${unanswered} of ${plural(requests, 'request has', 'requests have')} no good answer${open}`
        : requests === 0
          ? 'it has no results'
          : 'answers came that belong to no request, or twice';
  return new BatchSubmitError(
    'E_CANARY',
    `Cannot go on after the canary (${nameBatches(batches)}): ${fact}`,
    {
      details: [
        ...batches.flatMap((batch) => {
          const record = recordOf(state, batch);
          return record.status === 'failed' ? [`batch ${batch}: ${record.detail}`] : [];
        }),
        ...[...kinds].map(([kind, count]) => `${kind}: ${count}`),
        `It cost ${spent}.`,
        `${plural(rest, 'batch was', 'batches were')} not submitted.`,
      ],
      hint: hintFor(state, planned, refused, pending),
    },
  );
}

/** Batches that our own check refused: nothing was sent, so no list of defects names them. */
function refusedIn(state: SubmissionState, batches: readonly number[]): readonly number[] {
  return batches.filter((batch) => {
    const record = recordOf(state, batch);
    return record.status === 'failed' && record.step === 'input';
  });
}

function hintFor(
  state: SubmissionState,
  planned: readonly PlannedBatch[],
  refused: readonly number[],
  pending: number,
): string {
  const AGAIN = 'then run the same command again';
  if (refused.length > 0) return `correct the input of ${nameBatches(refused)}, ${AGAIN}`;
  const own = planned.map(({ file }) => file.batch);
  const standing = standingOf(state, own);
  if (standing.counts.uncertain + standing.counts.notSubmitted > 0)
    return 'run the same command again: it goes on where it was';
  if (pending > 0) return `follow the jobs with \`batch-submit watch\`, ${AGAIN}`;
  if (standing.lost > 0)
    return `pay again for results that the service has dropped with \`batch-submit retry --status lost\`, ${AGAIN}`;
  if (standing.missing > 0)
    return `if the job is really gone, pay for it again with \`batch-submit retry --status missing\`, ${AGAIN}`;
  if (failedOf(standing) > 0) return `send what failed again with \`batch-submit retry\`, ${AGAIN}`;
  return 'see what is wrong with `batch-submit report --output - | jq .defects`';
}
