import { nameBatches } from '../../model/batch-set.ts';
import { paddedBatch } from '../../model/names.ts';
import type { QuotaInUse, RunEvent } from '../../model/run-event.ts';
import { formatAmount, formatBytes, formatDuration } from '../../model/units.ts';
import { recordLine } from './record-line.ts';
import type { Style } from './style.ts';
import { clockTime } from './wait-text.ts';

/** One event as a line for people. `result` lines are always shown, `step` lines only with -v. */
export interface Shown {
  readonly stream: 'stdout' | 'stderr';
  readonly level: 'result' | 'progress' | 'step';
  readonly text: string;
}

/** `undefined` for events that only the log needs. */
export function eventLine(event: RunEvent, out: Style, err: Style): Shown | undefined {
  switch (event.event) {
    case 'batch_created':
      return result(out, 'good', event.batch, 'submitted', event.job);
    case 'batch_adopted':
      return result(out, 'good', event.batch, 'adopted', event.job);
    case 'result_saved': {
      const size = `${formatBytes(event.bytes)}, ${event.answered} of ${event.lines + event.missing} answered`;
      return out.isTTY
        ? result(
            out,
            event.failed + event.missing > 0 ? 'warn' : 'good',
            event.batch,
            'downloaded',
            event.path,
            size,
          )
        : result(out, 'good', event.batch, 'downloaded', event.path);
    }
    case 'cancel_requested':
      return result(out, 'good', event.batch, 'cancel requested', event.job);
    case 'file_deleted':
      return deleted(out, event.batch, 'file deleted', event.file);
    case 'job_deleted':
      return deleted(out, event.batch, 'job deleted', event.job);
    case 'error':
      if (event.batch === undefined) return note(err, `${event.reason}: ${event.message}`);
      return result(out, 'bad', event.batch, 'failed', `${event.step}: ${event.message}`);
    case 'batch_uncertain':
      return note(err, `outcome unknown, it is looked up and not sent again (${event.reason})`, event.batch);
    case 'batch_fenced':
      return note(
        err,
        `no job was made; its input is deleted and attempt ${event.attempt} follows`,
        event.batch,
      );
    case 'duplicate_jobs':
      return note(
        err,
        `${event.others.length + 1} jobs exist; ${event.kept} is kept, not needed: ${event.others.join(', ')}`,
        event.batch,
      );
    case 'rate_limited':
      return note(
        err,
        `rate limited (${event.reason}), wait ${event.wait}: ${formatDuration(event.waitMs)}, resumes ${clockTime(event.resumesAt)}${event.orWhenAJobEnds === true ? ' or when a job ends' : ''}`,
        event.batch,
      );
    case 'quota_wait':
      return note(err, `waits for a job to end: ${inUse(event)}`, event.batch);
    case 'quota_learnt':
      return step(`as much as fits at once: ${limitsOf(event)}`);
    case 'retry_wait': {
      const text = `${event.step}: ${event.reason}, retry ${event.retry} in ${formatDuration(event.waitMs)}`;
      // The first retry is everyday life on a network; from the second on a person wants to know.
      return event.retry > 1 ? note(err, text, event.batch) : step(text, event.batch);
    }
    case 'warning':
      return note(err, event.message, event.batch);
    case 'interrupted':
      return note(err, 'Stopping; a create under way is finished first. Press Ctrl-C again to stop now.');
    case 'state_migrated':
      return note(err, ['Took over the state of the older script', ...event.notes].join('\n  '));
    case 'upload_success':
      return step(`uploaded ${formatBytes(event.bytes)} in ${formatDuration(event.ms)}`, event.batch);
    case 'upload_reused':
      return step(`already uploaded as ${event.file}`, event.batch);
    case 'batch_requeued':
      return step(`was ${event.was}, attempt ${event.attempt} follows`, event.batch);
    case 'rows_chosen': {
      const rows = `${event.rows} ${event.rows === 1 ? 'row' : 'rows'} of ${nameBatches(event.batches)}`;
      return note(err, `sends ${rows} again`, event.batch);
    }
    case 'job_state':
      return step(`${event.job} is ${event.state}`, event.batch);
    case 'report_written':
      return step(`report written to ${event.path}`);
    case 'canary':
    case 'run_started':
    case 'upload_started':
    case 'create_intended':
    case 'run_finished':
      return undefined;
  }
}

function inUse({ jobs, tokens, ...limits }: QuotaInUse): string {
  const most = limitsOf(limits);
  return `${jobs} ${jobs === 1 ? 'job' : 'jobs'} with ${formatAmount(tokens)} tokens under way${most === '' ? '' : `, and room for ${most}`}`;
}

function limitsOf({ mostJobs, mostTokens }: Pick<QuotaInUse, 'mostJobs' | 'mostTokens'>): string {
  const parts = [
    mostJobs === undefined ? undefined : `${mostJobs} jobs`,
    mostTokens === undefined ? undefined : `${formatAmount(mostTokens)} tokens`,
  ];
  return parts.filter((part) => part !== undefined).join(' or ');
}

function result(
  style: Style,
  tone: 'good' | 'bad' | 'warn',
  batch: number,
  verb: string,
  ...facts: readonly string[]
): Shown {
  const text = style.isTTY
    ? `${style.mark(tone)} ${paddedBatch(batch)}   ${verb.padEnd(10)}   ${facts.join('   ')}`
    : recordLine([batch, verb, ...facts]);
  return { stream: 'stdout', level: 'result', text };
}

/** On a terminal the sum says enough: there may be thousands. */
function deleted(out: Style, batch: number, verb: string, name: string): Shown {
  return out.isTTY ? step(`${verb}: ${name}`, batch) : result(out, 'good', batch, verb, name);
}

function note(style: Style, text: string, batch?: number): Shown {
  return { stream: 'stderr', level: 'progress', text: `${style.mark('warn')} ${label(batch)}${text}` };
}

function step(text: string, batch?: number): Shown {
  return { stream: 'stderr', level: 'step', text: `  ${label(batch)}${text}` };
}

function label(batch: number | undefined): string {
  return batch === undefined ? '' : `${paddedBatch(batch)}   `;
}
