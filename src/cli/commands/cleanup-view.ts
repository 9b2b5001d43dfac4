import { nameBatches } from '../../model/batch-set.ts';
import { formatBytes } from '../../model/units.ts';
import type { CleanedUp } from '../../upkeep/clean-up.ts';
import { KEEP_REASONS } from '../../upkeep/keep-reason.ts';
import type { CleanupPlan, Kept } from '../../upkeep/plan-cleanup.ts';
import type { ResultDocument } from '../output/printer.ts';
import { plural } from './run-summary.ts';

type Sum = Pick<CleanupPlan, 'files' | 'jobs'>;

/** `12 uploaded files (1.2 GB) and 11 jobs` */
export function sumOf({ files, jobs }: Sum): string {
  const parts = [
    ...(files.length === 0
      ? []
      : [`${plural(files.length, 'uploaded file', 'uploaded files')} (${formatBytes(bytesOf({ files }))})`]),
    ...(jobs.length === 0 ? [] : [plural(jobs.length, 'finished job', 'finished jobs')]),
  ];
  return parts.length === 0 ? 'nothing' : parts.join(' and ');
}

/** What would go, and what stays and why. */
export function planDocument(plan: CleanupPlan, isDry: boolean): ResultDocument {
  const { files, jobs, kept, others } = plan;
  const end = isDry ? ['Nothing was deleted.'] : [];
  return {
    lines: [
      ...(files.length === 0 ? [] : [`Would delete ${sumOf({ files, jobs: [] })} of ${batchesOf(files)}`]),
      ...(jobs.length === 0 ? [] : [`Would delete ${sumOf({ files: [], jobs })} of ${batchesOf(jobs)}`]),
      ...keptLines(kept),
      ...(others.files + others.jobs === 0 ? [] : [`  ${othersText(others)}`]),
      ...end,
    ],
    records: [
      ...files.map(({ name, batch, sizeBytes }) => [batch, 'would delete', name, sizeBytes]),
      ...jobs.map(({ name, batch }) => [batch, 'would delete', name, 0]),
    ],
    json: { dryRun: isDry, ...sumFacts(plan), failed: [], ...restFacts(plan), exitCode: 0 },
  };
}

/** What went. What a pipe reads was told one by one. */
export function cleanedDocument(
  plan: CleanupPlan,
  { files, jobs, failed }: CleanedUp,
  exitCode: number,
): ResultDocument {
  return {
    lines: [],
    records: [],
    json: { dryRun: false, ...sumFacts({ files, jobs }), failed, ...restFacts(plan), exitCode },
  };
}

export function nothingToDelete({ kept }: CleanupPlan): string {
  const rest = kept.length === 0 ? 'nothing of this state is left' : 'what is left is still needed';
  return `Nothing to clean up: ${rest}`;
}

function sumFacts({ files, jobs }: Sum): object {
  return {
    bytes: bytesOf({ files }),
    files: files.map(({ name, batch, sizeBytes }) => ({ name, batch, bytes: sizeBytes })),
    jobs: jobs.map(({ name, batch }) => ({ name, batch })),
  };
}

function restFacts({ kept, others }: CleanupPlan): object {
  return { kept: kept.map(({ kind, name, batch, reason }) => ({ kind, name, batch, reason })), others };
}

/** One line for each kind and reason. */
function keptLines(kept: readonly Kept[]): readonly string[] {
  const groups = new Map<string, { readonly first: Kept; readonly all: Kept[] }>();
  for (const one of kept) {
    const key = `${one.kind} ${one.reason}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: one, all: [one] });
    else group.all.push(one);
  }
  return [...groups.values()].map(({ first: { kind, reason }, all }) => {
    const what = kind === 'file' ? plural(all.length, 'file', 'files') : plural(all.length, 'job', 'jobs');
    return `  kept ${what} of ${batchesOf(all)}: ${KEEP_REASONS[reason]}`;
  });
}

function othersText({ files, jobs }: CleanupPlan['others']): string {
  const parts = [
    ...(files === 0 ? [] : [plural(files, 'file', 'files')]),
    ...(jobs === 0 ? [] : [plural(jobs, 'job', 'jobs')]),
  ];
  return `left alone: ${parts.join(' and ')} of others`;
}

function batchesOf(things: readonly { readonly batch: number }[]): string {
  return nameBatches([...new Set(things.map(({ batch }) => batch))].sort((a, b) => a - b));
}

function bytesOf({ files }: Pick<Sum, 'files'>): number {
  return files.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
}
