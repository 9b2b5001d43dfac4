import type { FinalReport } from './final-report.ts';
import { DEAD, reasonFor } from './attention.ts';
import { count, plural } from './figures.ts';

export type Tone = 'complete' | 'under way' | 'needs attention' | 'empty';

/** What a reader should know first. */
export interface Verdict {
  readonly tone: Tone;
  readonly label: string;
  readonly headline: string;
  /** What is not as it should be; short phrases. */
  readonly open: readonly string[];
  readonly next: readonly NextStep[];
}

export interface NextStep {
  readonly command: string;
  readonly purpose: string;
}

const LABELS: Readonly<Record<Tone, string>> = {
  complete: 'Complete',
  'under way': 'Under way',
  'needs attention': 'Needs attention',
  empty: 'Nothing planned',
};

/**
 * Judges the report as a whole. Only a report without a single open point is complete; a line that came
 * twice, or belongs to nobody, is none as long as every request has its answer.
 */
export function verdictOf(report: FinalReport): Verdict {
  const { statistics, requests } = report;
  const tone = toneOf(report);
  return {
    tone,
    label: LABELS[tone],
    headline:
      statistics.total === 0
        ? 'There are no batches yet'
        : `${count(statistics.submitted)} of ${plural(statistics.total, 'batch', 'batches')} submitted, ` +
          `${count(requests.answered)} of ${plural(requests.planned, 'request', 'requests')} answered and verified`,
    open: openPoints(report),
    next: nextSteps(report),
  };
}

/** Defects that are left after the retries, listed or not. */
export function defectsLeft({ defects, defects_omitted }: FinalReport): number {
  return defects.length + defects_omitted;
}

function toneOf(report: FinalReport): Tone {
  const { counts, statistics, requests } = report;
  if (statistics.total === 0) return 'empty';
  const isDamaged =
    deadBatches(report) + counts.uncertain + report.duplicate_jobs.length > 0 ||
    requests.failed + requests.missing > 0;
  if (isDamaged) return 'needs attention';
  const isDone =
    counts.notSubmitted + counts.pending + counts.running === 0 &&
    counts.succeeded === counts.downloaded &&
    requests.pending === 0;
  return isDone ? 'complete' : 'under way';
}

/** Batches that ended badly and whose requests were not all answered by another attempt. */
function deadBatches({ batches }: FinalReport, statuses: ReadonlySet<string> = DEAD): number {
  return batches.filter((batch) => statuses.has(batch.status) && reasonFor(batch) !== undefined).length;
}

function openPoints(report: FinalReport): string[] {
  const { counts, requests } = report;
  const unsaved = counts.succeeded - counts.downloaded;
  const points: [number, string, string][] = [
    [counts.uncertain, 'create in doubt', 'creates in doubt'],
    [report.duplicate_jobs.length, 'batch made more than once', 'batches made more than once'],
    [deadBatches(report, new Set(['failed'])), 'batch failed', 'batches failed'],
    [deadBatches(report, new Set(['expired'])), 'batch expired', 'batches expired'],
    [deadBatches(report, new Set(['cancelled'])), 'batch cancelled', 'batches cancelled'],
    [counts.notSubmitted, 'batch not submitted', 'batches not submitted'],
    [counts.pending + counts.running, 'batch under way', 'batches under way'],
    [unsaved, 'batch ended, not saved', 'batches ended, not saved'],
    [requests.failed, 'request failed', 'requests failed'],
    [requests.missing, 'request missing', 'requests missing'],
    [requests.pending, 'request pending', 'requests pending'],
  ];
  return points.filter(([n]) => n > 0).map(([n, one, many]) => plural(n, one, many));
}

/** In the order in which they are to be done: what may be paid for twice comes first. */
function nextSteps(report: FinalReport): NextStep[] {
  const { counts, requests } = report;
  const steps: [boolean, string, string][] = [
    [report.statistics.total === 0, 'batch-submit --dry-run', 'see which input files are found'],
    [
      report.duplicate_jobs.length > 0,
      'batch-submit cancel --duplicates',
      'stop the jobs that were made twice',
    ],
    [counts.uncertain > 0, 'batch-submit', 'look up the creates whose outcome is unknown'],
    [
      deadBatches(report) + requests.failed + requests.missing >
        report.requests_refused + report.requests_exhausted,
      'batch-submit retry',
      'send again what failed, expired or is missing',
    ],
    [
      report.requests_refused > 0,
      'batch-submit retry --reason blocked,error',
      'only if what was refused for good may pass now',
    ],
    [
      report.requests_exhausted > 0,
      'batch-submit retry --max-attempts 5',
      'only if what was sent three times may pass now',
    ],
    [counts.uncertain === 0 && counts.notSubmitted > 0, 'batch-submit', 'submit the rest'],
    [counts.pending + counts.running > 0, 'batch-submit watch', 'follow the jobs'],
    [counts.succeeded > counts.downloaded, 'batch-submit download', 'save the results'],
  ];
  return steps.filter(([applies]) => applies).map(([, command, purpose]) => ({ command, purpose }));
}
