import type { Body } from '../../documents/body.ts';
import type { PlanDocument } from '../../documents/plan.ts';
import { paddedBatch } from '../../model/names.ts';
import type { PlannedAction, PlannedBatch } from '../../model/plan.ts';
import { formatBytes, formatDuration } from '../../model/units.ts';
import { plural } from './run-summary.ts';
import type { ResultDocument } from '../output/printer.ts';

/** What `--dry-run` shows: each batch, and what would be spent. */
export function describePlan(planned: readonly PlannedBatch[], model: string, now: Date): ResultDocument {
  const uploads = planned.filter(({ action }) => action.kind === 'upload_and_create');
  const creates = planned.filter(
    ({ action }) => action.kind === 'create' || action.kind === 'upload_and_create',
  );
  const bytes = uploads.reduce((total, { file }) => total + file.sizeBytes, 0);
  const total = `Would upload ${plural(uploads.length, 'file', 'files')} (${formatBytes(bytes)}) and create ${plural(creates.length, 'job', 'jobs')} on ${model}. Nothing was sent.`;
  return {
    lines: [
      ...planned.map(
        ({ file, action }) => `  ${paddedBatch(file.batch)}   ${wording(action, file.sizeBytes, now)}`,
      ),
      total,
    ],
    records: planned.map(({ file, action }) => [
      file.batch,
      action.kind === 'skip' ? 'skip' : action.kind.replaceAll('_', ' '),
    ]),
    json: {
      dryRun: true,
      model,
      uploads: uploads.length,
      uploadBytes: bytes,
      creates: creates.length,
      batches: planned.map(({ file, action }) => ({
        batch: file.batch,
        path: file.path,
        bytes: file.sizeBytes,
        action,
      })),
    } satisfies Body<PlanDocument>,
  };
}

function wording(action: PlannedAction, sizeBytes: number, now: Date): string {
  switch (action.kind) {
    case 'upload_and_create':
      return `upload + create   ${formatBytes(sizeBytes)}`;
    case 'create': {
      const ageMs =
        action.uploadedAt === undefined ? undefined : now.getTime() - Date.parse(action.uploadedAt);
      return `create            file already uploaded${ageMs === undefined ? '' : ` ${formatDuration(ageMs)} ago`}`;
    }
    case 'look_up':
      return 'look up           a create was sent and its outcome is unknown';
    case 'skip':
      return action.why === 'submitted'
        ? `skip              submitted as ${action.job}`
        : `skip              failed: ${action.detail}`;
  }
}
