import { fileOf, jobOf, type BatchRecord } from '../model/batch-record.ts';
import { isSubmitted, type SubmissionState } from '../model/submission-state.ts';
import { jobStateOf } from '../model/summary.ts';
import { withShortPaths } from './state-paths.ts';

/** The version this code writes. A file without one is the older script's (`migrate-older.ts`). */
export const STATE_VERSION = 1;

/** Puts states into the words of the file, one after the other: what has not changed is not written out again. */
export interface StateText {
  /** The whole file, in pieces of UTF-8. */
  of(state: SubmissionState): readonly Uint8Array[];
}

/** So many numbers share a page: one that changed is written out anew, the others stay as they are. */
const PAGE_NUMBERS = 128;

type Records = readonly (readonly [batch: number, record: BatchRecord])[];

/** The part of the file that speaks of some neighbouring batches: members of its objects, without the braces. */
interface Page {
  readonly records: Records;
  readonly submittedJobs: Uint8Array;
  readonly uploadedFiles: Uint8Array;
  readonly batches: Uint8Array;
  /** Batches that have a job, and those that failed. */
  readonly submitted: readonly number[];
  readonly failed: readonly number[];
}

/**
 * The keys that scripts of the older tool read come first, ours after them.
 * @param workFolder absolute; given where the records' paths are absolute, and the file's start from it
 */
export function createStateText(workFolder?: string): StateText {
  let pages: readonly Page[] = [];
  let size = 0;
  return {
    of({ batches, lastRun, stateId, createdAt, listLagMs, ignoredStates, quotas }) {
      // Records are replaced and never taken out, so as many batches are the same batches.
      if (size === batches.size) pages = pages.map((page) => renewed(page, batches, workFolder));
      else
        pages = divide(batches).map(
          (records, index) => kept(pages[index], records) ?? writePage(records, workFolder),
        );
      size = batches.size;
      const submitted = pages.reduce((count, page) => count + page.submitted.length, 0);
      const failed = pages.flatMap((page) => page.failed);
      return [
        text(
          `{\n${member('last_completed_batch', pages.findLast((page) => page.submitted.length > 0)?.submitted.at(-1) ?? 0)},\n`,
        ),
        ...objectOf('submitted_jobs', pages, 'submittedJobs'),
        text(',\n'),
        ...objectOf('uploaded_files', pages, 'uploadedFiles'),
        text(
          [
            '',
            member('failed_batches', failed),
            member('last_run', lastRun ?? null),
            member('total_submitted', submitted),
            member('version', STATE_VERSION),
            member('state_id', stateId),
            member('created_at', createdAt),
            ...(listLagMs === undefined ? [] : [member('list_lag_ms', listLagMs)]),
            ...(ignoredStates === undefined ? [] : [member('ignored_states', ignoredStates)]),
            ...(quotas === undefined ? [] : [member('quotas', quotas)]),
            '',
          ].join(',\n'),
        ),
        ...objectOf('batches', pages, 'batches'),
        text('\n}\n'),
      ];
    },
  };
}

function divide(batches: ReadonlyMap<number, BatchRecord>): Records[] {
  const pages = new Map<number, [number, BatchRecord][]>();
  for (const entry of [...batches].sort(([a], [b]) => a - b)) {
    const number = Math.floor(entry[0] / PAGE_NUMBERS);
    const page = pages.get(number);
    if (page === undefined) pages.set(number, [entry]);
    else page.push(entry);
  }
  return [...pages.values()];
}

/** Records never change: another one takes the place. */
function renewed(
  page: Page,
  batches: ReadonlyMap<number, BatchRecord>,
  workFolder: string | undefined,
): Page {
  if (page.records.every(([batch, record]) => batches.get(batch) === record)) return page;
  return writePage(
    page.records.map(([batch, record]) => [batch, batches.get(batch) ?? record]),
    workFolder,
  );
}

/** The page, if it holds these records and no other. */
function kept(page: Page | undefined, records: Records): Page | undefined {
  const isSame = page?.records.every(
    ([batch, record], index) => records[index]?.[0] === batch && records[index][1] === record,
  );
  return isSame === true && page?.records.length === records.length ? page : undefined;
}

function writePage(records: Records, workFolder: string | undefined): Page {
  const members = (valueOf: (record: BatchRecord) => unknown): Uint8Array =>
    text(
      records
        .flatMap(([batch, record]) => {
          const value = valueOf(record);
          return value === undefined ? [] : [member(`${batch}`, value, '    ')];
        })
        .join(',\n'),
    );
  return {
    records,
    submittedJobs: members((record) => (isSubmitted(record) ? submittedJob(record) : undefined)),
    uploadedFiles: members((record) => fileOf(record)?.uri),
    batches: members((record) => (workFolder === undefined ? record : withShortPaths(record, workFolder))),
    submitted: records.flatMap(([batch, record]) => (isSubmitted(record) ? [batch] : [])),
    failed: records.flatMap(([batch, record]) => (record.status === 'failed' ? [batch] : [])),
  };
}

/** JSON has no `undefined`, and the older script's readers expect every field to be there. */
function submittedJob(record: BatchRecord): object {
  const job = jobOf(record);
  return {
    job_name: job?.name ?? null,
    file_uri: fileOf(record)?.uri ?? null,
    submitted_at: job?.submittedAt ?? null,
    state: jobStateOf(record) ?? null,
  };
}

function objectOf(
  name: string,
  pages: readonly Page[],
  part: 'submittedJobs' | 'uploadedFiles' | 'batches',
): Uint8Array[] {
  const filled = pages.map((page) => page[part]).filter((members) => members.length > 0);
  if (filled.length === 0) return [text(`  "${name}": {}`)];
  return [
    text(`  "${name}": {\n`),
    ...filled.flatMap((members, index) => (index === 0 ? [members] : [text(',\n'), members])),
    text('\n  }'),
  ];
}

/** One member of an object, as `JSON.stringify` indents it by two spaces a level. */
function member(name: string, value: unknown, indent = '  '): string {
  return `${indent}"${name}": ${JSON.stringify(value, undefined, 2).replaceAll('\n', `\n${indent}`)}`;
}

function text(words: string): Uint8Array {
  return Buffer.from(words);
}
