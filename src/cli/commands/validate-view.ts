import type { Body } from '../../documents/body.ts';
import type { Place, ValidationDocument } from '../../documents/validation.ts';
import { FINDINGS, type FindingKind, type Occurrence, type Severity } from '../../input/finding.ts';
import type { FileReport } from '../../input/inspect-file.ts';
import { showName } from '../../input/show-name.ts';
import { paddedBatch } from '../../model/names.ts';
import type { ResultDocument } from '../output/printer.ts';
import { plural } from './run-summary.ts';

export interface ValidatedFile {
  readonly batch: number;
  readonly name: string;
  readonly report: FileReport;
}

/** True when the file fails the check: for an error, and with `--strict` for a warning too. */
export function isRefused(report: FileReport, isStrict: boolean): boolean {
  return countOf(report, 'error') > 0 || (isStrict && countOf(report, 'warning') > 0);
}

/** What was found, in its three forms: for a terminal, for a pipe, and as JSON. */
export function describeValidation(files: readonly ValidatedFile[], isStrict: boolean): ResultDocument {
  const groups = groupOverFiles(files);
  return {
    lines: [
      ...fileLines(files),
      ...groups.flatMap((group) => groupLines(group)),
      ...(groups.length === 0 ? [] : ['']),
    ],
    records: files.flatMap((file) => fileRecords(file)),
    json: {
      ok: files.every(({ report }) => !isRefused(report, isStrict)),
      strict: isStrict,
      ...totalsOf(files),
      findings: groups.map(({ kind, count, files: inFiles, first }) => ({
        kind,
        severity: FINDINGS[kind].severity,
        title: FINDINGS[kind].title,
        hint: FINDINGS[kind].hint ?? null,
        count,
        files: inFiles,
        first: first.map(({ file, place }) => ({
          batch: file.batch,
          path: file.report.path,
          ...placeJson(place),
        })),
      })),
      batches: files.map((file) => fileJson(file)),
    } satisfies Body<ValidationDocument>,
  };
}

/** One sentence on the whole, and what to do next. */
export function summaryOf(files: readonly ValidatedFile[], isStrict: boolean): string {
  const { requests, keys, estimatedTokens, errors, warnings } = totalsOf(files);
  const refused = files.filter(({ report }) => isRefused(report, isStrict)).length;
  const end =
    refused === 0
      ? 'Every file can be submitted'
      : `${refused} of ${plural(files.length, 'file', 'files')} ${refused === 1 ? 'fails' : 'fail'} the check`;
  return [
    `${plural(requests, 'request', 'requests')}, ${keys} with a key, about ${estimatedTokens} tokens of text`,
    `${plural(errors, 'error', 'errors')}, ${plural(warnings, 'warning', 'warnings')}. ${end}. Nothing was sent.`,
  ].join('\n');
}

/** The findings of one kind, wherever they are. */
interface WideGroup {
  readonly kind: FindingKind;
  count: number;
  files: number;
  readonly first: { readonly file: ValidatedFile; readonly place: Occurrence }[];
}

const PLACES_SHOWN = 5;

function groupOverFiles(files: readonly ValidatedFile[]): readonly WideGroup[] {
  const groups = new Map<FindingKind, WideGroup>();
  for (const file of files) {
    for (const { kind, count, first } of file.report.findings) {
      const group: WideGroup = groups.get(kind) ?? { kind, count: 0, files: 0, first: [] };
      groups.set(kind, group);
      group.count += count;
      group.files += 1;
      const room = PLACES_SHOWN - group.first.length;
      group.first.push(...first.slice(0, room).map((place) => ({ file, place })));
    }
  }
  return (Object.keys(FINDINGS) as FindingKind[]).flatMap((kind) => groups.get(kind) ?? []);
}

function fileLines(files: readonly ValidatedFile[]): readonly string[] {
  return files.flatMap(({ batch, name, report }) => {
    const [errors, warnings] = [countOf(report, 'error'), countOf(report, 'warning')];
    if (errors + warnings === 0) return [];
    const facts = [
      errors === 0 ? undefined : plural(errors, 'error', 'errors'),
      warnings === 0 ? undefined : plural(warnings, 'warning', 'warnings'),
    ].filter((fact) => fact !== undefined);
    return [`  ${paddedBatch(batch)}   ${showName(name)}   ${facts.join(', ')}`];
  });
}

function groupLines({ kind, count, files, first }: WideGroup): readonly string[] {
  const { severity, title, hint } = FINDINGS[kind];
  const where = files === 1 ? '' : ` in ${files} files`;
  const more = count - first.length;
  return [
    '',
    `${severity}: ${title} (${count}${where})`,
    ...first.map(({ file, place }) => `  ${placeOf(file, place)}   ${factOf(place)}${keyOf(place)}`),
    ...(more === 0 ? [] : [`  and ${more} more`]),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ];
}

function placeOf({ name }: ValidatedFile, { line }: Occurrence): string {
  return line === undefined ? showName(name) : `${showName(name)}:${line}`;
}

/** The line's number stands before it already. */
function factOf({ line, detail }: Occurrence): string {
  return line === undefined ? detail : detail.replace(`line ${line} `, '');
}

function keyOf({ key }: Occurrence): string {
  return key === undefined ? '' : `: "${showName(key)}"`;
}

/** One record for each kind in a file: batch, severity, kind, count, lines and path; `ok` for none. */
function fileRecords({ batch, name, report }: ValidatedFile): readonly (readonly (string | number)[])[] {
  if (report.findings.length === 0) return [[batch, 'ok', '', 0, '', showName(name)]];
  return report.findings.map(({ kind, count, first }) => [
    batch,
    FINDINGS[kind].severity,
    kind,
    count,
    first.flatMap(({ line }) => line ?? []).join(','),
    showName(name),
  ]);
}

/** A field without a value is null, so that every batch has the same fields. */
function fileJson({ batch, report }: ValidatedFile): ValidationDocument['batches'][number] {
  const { path, sizeBytes, sha256, lines, keys, estimatedTokens, findings } = report;
  return {
    batch,
    path,
    bytes: sizeBytes,
    lines,
    sha256: sha256 ?? null,
    keys,
    estimatedTokens,
    findings: findings.map(({ kind, count, first }) => ({
      kind,
      severity: FINDINGS[kind].severity,
      count,
      first: first.map((place) => placeJson(place)),
    })),
  };
}

function placeJson({ line, detail, key }: Occurrence): Place {
  return { line: line ?? null, detail, ...(key === undefined ? {} : { key: showName(key) }) };
}

interface Totals {
  readonly files: number;
  readonly bytes: number;
  readonly requests: number;
  readonly keys: number;
  readonly estimatedTokens: number;
  readonly errors: number;
  readonly warnings: number;
}

function totalsOf(files: readonly ValidatedFile[]): Totals {
  const sum = (of: (report: FileReport) => number): number =>
    files.reduce((total, { report }) => total + of(report), 0);
  return {
    files: files.length,
    bytes: sum(({ sizeBytes }) => sizeBytes),
    requests: sum(({ lines }) => lines),
    keys: sum(({ keys }) => keys),
    estimatedTokens: sum(({ estimatedTokens }) => estimatedTokens),
    errors: sum((report) => countOf(report, 'error')),
    warnings: sum((report) => countOf(report, 'warning')),
  };
}

function countOf({ findings }: FileReport, severity: Severity): number {
  return findings
    .filter(({ kind }) => FINDINGS[kind].severity === severity)
    .reduce((total, { count }) => total + count, 0);
}
