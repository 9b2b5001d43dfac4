import type { Body } from '../../documents/body.ts';
import type { StatusDocument, StatusOfBatch } from '../../documents/inspect.ts';
import { requestProgress } from '../../model/batch-progress.ts';
import { fitBatches } from '../../model/batch-set.ts';
import { describeDeadlines, groupDeadlines, type DeadlineGroup } from '../../model/deadline-groups.ts';
import { deadlinesOf } from '../../model/deadlines.ts';
import { paddedBatch } from '../../model/names.ts';
import { pendingJobs } from '../../model/pending-age.ts';
import type { RequestProgress } from '../../model/progress.ts';
import type { QuotaInUse } from '../../model/run-event.ts';
import { recordOf, type SubmissionState } from '../../model/submission-state.ts';
import { countStatuses, groupOf, summarize, type BatchLine, type StatusGroup } from '../../model/summary.ts';
import { formatDuration, formatHours } from '../../model/units.ts';
import type { ResultDocument } from '../output/printer.ts';
import { quotaFacts } from '../output/progress-facts.ts';

export interface StatusWish {
  readonly now: Date;
  /** One line for each batch. */
  readonly list: boolean;
  readonly onlyFailed: boolean;
  readonly next: string | undefined;
  /** Of the terminal: long lists of batches are cut to it. */
  readonly columns: number;
  /** What is under way, when something is. */
  readonly quota: QuotaInUse | undefined;
}

const LABELS: Readonly<Record<StatusGroup, string>> = {
  notSubmitted: 'Not submitted',
  uncertain: 'Unknown',
  pending: 'Pending',
  running: 'Running',
  succeeded: 'Succeeded',
  failed: 'Failed',
  expired: 'Expired',
  cancelled: 'Cancelled',
};

/** Groups whose batches a person wants to see by number. */
const NUMBERED: ReadonlySet<StatusGroup> = new Set(['uncertain', 'failed', 'expired', 'cancelled']);

/** What the jobs wait for, and what comes to an end. */
interface Ahead {
  readonly oldestPendingHours: number | undefined;
  readonly deadlines: readonly DeadlineGroup[];
  readonly requests: RequestProgress;
}

/** The status in its three forms: for a terminal, for a pipe, and as JSON. */
export function statusDocument(
  state: SubmissionState,
  batches: readonly number[],
  wish: StatusWish,
): ResultDocument {
  const chosen = new Set(batches);
  const all = summarize(state, batches).filter(({ batch }) => chosen.has(batch));
  const counts = countStatuses(state, all);
  const listed = wish.onlyFailed
    ? all.filter((line) => NUMBERED.has(groupOf(recordOf(state, line.batch))))
    : all;
  const asOf = lastAsked(state);
  const ahead: Ahead = {
    requests: requestProgress(state, batches),
    oldestPendingHours: pendingJobs(state, wish.now).find(({ batch }) => chosen.has(batch))?.hours,
    deadlines: groupDeadlines(deadlinesOf(state, wish.now).filter(({ batch }) => chosen.has(batch))),
  };
  const showsList = wish.list || wish.onlyFailed;
  return {
    lines: showsList ? listed.map((line) => listLine(line)) : countLines(state, all, asOf, wish, ahead),
    records: showsList
      ? listed.map((line) => [
          line.batch,
          line.status,
          line.job ?? '',
          line.jobState ?? '',
          line.downloaded ? 'downloaded' : '',
        ])
      : [...Object.entries(counts), ...madeTwice(all)],
    json: {
      asOf: asOf ?? state.lastRun ?? null,
      total: all.length,
      submitted: all.filter(({ job }) => job !== undefined).length,
      counts,
      unanswered: ahead.requests.unanswered,
      requests: { ...ahead.requests, planned: ahead.requests.planned ?? null },
      quota: wish.quota ?? null,
      oldestPendingHours: ahead.oldestPendingHours === undefined ? null : rounded(ahead.oldestPendingHours),
      deadlines: ahead.deadlines.map(({ what, at, hoursLeft, batches: numbers }) => ({
        what,
        at,
        hoursLeft: rounded(hoursLeft),
        batches: numbers,
      })),
      batches: listed.map((line) => jsonLine(line)),
    } satisfies Body<StatusDocument>,
  };
}

function countLines(
  state: SubmissionState,
  all: readonly BatchLine[],
  asOf: string | undefined,
  wish: StatusWish,
  { oldestPendingHours, deadlines, requests }: Ahead,
): string[] {
  const age =
    asOf === undefined ? undefined : formatDuration(Math.max(0, wish.now.getTime() - Date.parse(asOf)));
  const heading = `${all.length} batches${age === undefined ? '' : ` · job states as of ${age} ago (--refresh to ask)`}`;
  const lines = (Object.keys(LABELS) as StatusGroup[]).flatMap((group) => {
    const members = all.filter((line) => groupOf(recordOf(state, line.batch)) === group);
    if (members.length === 0 && group !== 'notSubmitted' && group !== 'succeeded') return [];
    const facts = factsOf(group, members, oldestPendingHours);
    return [countLine(LABELS[group], members.length, rangesBeside(members, facts, wish.columns))];
  });
  const twice = all.filter(({ duplicates }) => duplicates.length > 0).map(({ batch }) => batch);
  if (twice.length > 0)
    lines.push(countLine('Made twice', twice.length, fitBatches(twice, wish.columns - REMARK_AT)));
  const { planned, answered, unanswered } = requests;
  if (answered > 0)
    lines.push(
      countLine('Answered', answered, planned === undefined ? 'requests' : `of ${planned} requests`),
    );
  if (unanswered > 0) lines.push(countLine('No good answer', unanswered, 'requests'));
  if (wish.quota !== undefined)
    lines.push(countLine('Quota in use', wish.quota.jobs, quotaRemark(wish.quota)));
  const nearest = deadlines
    .slice(0, 1)
    .flatMap((group) => [
      '',
      `Nearest deadline: ${describeDeadlines(group, (named) => nameFitting(named, wish.columns))}`,
    ]);
  return [heading, '', ...lines, ...nearest, ...(wish.next === undefined ? [] : ['', `Next: ${wish.next}`])];
}

/** Where remarks begin, and so how many characters are taken before. */
const REMARK_AT = 28;

function countLine(label: string, count: number, remark: string): string {
  return `  ${label.padEnd(14)} ${String(count).padStart(6)}     ${remark}`.trimEnd();
}

function factsOf(
  group: StatusGroup,
  members: readonly BatchLine[],
  oldestPendingHours: number | undefined,
): string {
  if (group === 'pending' && oldestPendingHours !== undefined)
    return `oldest ${formatHours(oldestPendingHours)}`;
  if (group !== 'succeeded' || members.length === 0) return '';
  return `${members.filter((line) => line.downloaded).length} downloaded`;
}

/** Which batches these are, and what else there is to say of them, on the rest of the line. */
function rangesBeside(members: readonly BatchLine[], facts: string, columns: number): string {
  const numbers = members.map(({ batch }) => batch);
  const room = columns - REMARK_AT - (facts === '' ? 0 : facts.length + 3);
  return [fitBatches(numbers, room), facts].filter((part) => part !== '').join('   ');
}

function quotaRemark(quota: QuotaInUse): string {
  const [jobs = '', ...more] = quotaFacts(quota);
  return [jobs.replace(/^\d+ /, ''), ...more].join(', ');
}

/** For the middle of a sentence, which may take a second line. */
function nameFitting(batches: readonly number[], columns: number): string {
  return `${batches.length === 1 ? 'batch' : 'batches'} ${fitBatches(batches, columns - REMARK_AT)}`;
}

function listLine({ batch, status, job, detail, downloaded, duplicates }: BatchLine): string {
  const twice = duplicates.length === 0 ? undefined : `made twice: ${duplicates.join(', ')}`;
  const facts = [job, downloaded ? 'downloaded' : undefined, detail, twice].filter(
    (fact) => fact !== undefined,
  );
  return `${paddedBatch(batch)}   ${status.padEnd(10)}   ${facts.join('   ')}`.trimEnd();
}

/** Only where there is something to decide, so that the usual lines stay the same. */
function madeTwice(all: readonly BatchLine[]): [string, number][] {
  const twice = all.filter(({ duplicates }) => duplicates.length > 0).length;
  return twice === 0 ? [] : [['madeTwice', twice]];
}

/** A field without a value is null, so that every batch has the same fields. */
function jsonLine({
  batch,
  status,
  job,
  jobState,
  downloaded,
  attempt,
  detail,
  duplicates,
}: BatchLine): StatusOfBatch {
  return {
    batch,
    status,
    job: job ?? null,
    jobState: jobState ?? null,
    downloaded,
    attempt,
    detail: detail ?? null,
    duplicates,
  };
}

/** To half a minute, which is as precise as anybody needs it. */
function rounded(hours: number): number {
  return Math.round(hours * 100) / 100;
}

/** The oldest look at a job that may have moved since; `undefined` when there is none such. */
function lastAsked(state: SubmissionState): string | undefined {
  const times = [...state.batches.values()].flatMap((record) =>
    record.status === 'submitted' ? [record.asOf ?? record.job.submittedAt ?? state.createdAt] : [],
  );
  return times.sort()[0];
}
