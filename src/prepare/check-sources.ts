import { basename } from 'node:path';
import { FINDINGS, type FindingKind, type Occurrence } from '../input/finding.ts';
import { firstFive } from '../input/first-five.ts';
import { type FileReport, inspectFile } from '../input/inspect-file.ts';
import type { KeyTable } from '../input/key-table.ts';
import { showName } from '../input/show-name.ts';
import { BatchSubmitError } from '../model/errors.ts';

/** A file whose requests are written anew, in files of another size. */
export interface Source {
  readonly path: string;
  /** Lower-case hex over the exact bytes, as they were checked. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly lines: number;
  /** Lines whose key is text. */
  readonly keys: number;
  readonly textLength: number;
}

export interface SourceRules {
  /** For the messages: "Cannot split …". */
  readonly action: 'split' | 'merge';
  /** Takes in the keys of all files. */
  readonly keys: KeyTable;
  /** Two files may use the same key: each is given the number of its batch. */
  readonly prefixKeys: boolean;
}

/**
 * Checks every line of every file as `validate` does, and that no two have the same key, before anything is
 * written.
 * @throws {BatchSubmitError} `E_INPUT` with the first places
 */
export async function checkSources(
  paths: readonly string[],
  rules: SourceRules,
  signal: AbortSignal,
): Promise<readonly Source[]> {
  const reports: FileReport[] = [];
  for (const [file, path] of paths.entries()) {
    reports.push(
      await inspectFile(path, signal, { keys: rules.keys, file, isCut: rules.action === 'split' }),
    );
  }
  refuseFaults(reports, rules);
  return reports.map(({ path, sha256 = '', sizeBytes, lines, keys, textLength }) => {
    return { path, sha256, sizeBytes, lines, keys, textLength };
  });
}

interface Fault {
  readonly name: string;
  readonly kind: FindingKind;
  readonly place: Occurrence;
}

function refuseFaults(reports: readonly FileReport[], { action, prefixKeys }: SourceRules): void {
  const isRefused = (kind: FindingKind): boolean =>
    FINDINGS[kind].severity === 'error' ||
    kind === 'repeated_request' ||
    (kind === 'key_in_other_file' && !prefixKeys);
  let count = 0;
  const faults = reports.flatMap(({ path, findings }) => {
    const refused = findings.filter(({ kind }) => isRefused(kind));
    count += refused.reduce((total, group) => total + group.count, 0);
    return refused
      .flatMap(({ kind, first }) => first.map((place): Fault => ({ name: basename(path), kind, place })))
      .sort((a, b) => (a.place.line ?? 0) - (b.place.line ?? 0));
  });
  const [fault] = faults;
  if (fault === undefined) return;
  const more = count === 1 ? '' : ` (and ${count - 1} more)`;
  throw new BatchSubmitError(
    'E_INPUT',
    `Cannot ${action} "${showName(fault.name)}": ${factOf(fault)}${more}`,
    { hint: hintFor(fault.kind, action), details: count === 1 ? [] : listed(faults, count) },
  );
}

function factOf({ place: { detail, key } }: Fault): string {
  return key === undefined ? detail : `${detail}: "${showName(key)}"`;
}

function listed(faults: readonly Fault[], count: number): readonly string[] {
  const lines = faults.map((fault) => `${showName(fault.name)}: ${factOf(fault)}`);
  // Of many repeats only the first places are known.
  return count === lines.length
    ? firstFive(lines)
    : [...lines.slice(0, 5), `and ${count - Math.min(5, lines.length)} more`];
}

function hintFor(kind: FindingKind, action: SourceRules['action']): string {
  if (kind === 'key_in_other_file' && action === 'merge')
    return 'pass `--prefix-keys` to put the number of its batch before each key, or make the keys unique';
  const { hint = 'correct the file or its name' } = FINDINGS[kind];
  return `${hint}, then run the same command again`;
}
