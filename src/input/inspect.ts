import type { InputFacts } from '../model/batch-record.ts';
import { FINDINGS, type FindingGroup, type FindingKind } from './finding.ts';
import { PLACES_KEPT } from './finding-groups.ts';
import { type FileRules, inspectFile } from './inspect-file.ts';

/** `detail` is a whole statement, such as `line 412 is not valid JSON`; it never repeats the content. */
export interface InputProblem {
  /** A short stable word; it becomes the `reason` of the failed batch. */
  readonly reason: FindingKind;
  /** From 1; `undefined` when the file as a whole is meant. */
  readonly line: number | undefined;
  readonly detail: string;
}

/** Whether a file can be sent. `keyless` counts the lines whose key is not text: they are given one. */
export type Inspection =
  | {
      readonly ok: true;
      readonly facts: InputFacts;
      readonly keyless: number;
      /** Statements about what will cost more than it is worth. */
      readonly warnings?: readonly string[] | undefined;
    }
  | {
      readonly ok: false;
      /** The first five of `count`. */
      readonly problems: readonly InputProblem[];
      readonly count: number;
    };

/**
 * The check before an upload: what `inspectFile` finds, with only the errors standing in the way.
 * Blank lines and CRLF are tolerated; a last line without a newline counts.
 * @throws the signal's reason when it is aborted
 */
export async function inspectInput(
  path: string,
  signal?: AbortSignal,
  rules: FileRules = {},
): Promise<Inspection> {
  const { sizeBytes, sha256, lines, keys, estimatedTokens, findings } = await inspectFile(
    path,
    signal,
    rules,
  );
  const errors = findings.filter(({ kind }) => FINDINGS[kind].severity === 'error');
  if (errors.length > 0 || sha256 === undefined) return { ok: false, ...problemsOf(errors) };
  const costly = findings.filter(({ kind }) => FINDINGS[kind].isCostly === true);
  return {
    ok: true,
    facts: { path, sizeBytes, sha256, lines, estimatedTokens },
    keyless: lines - keys,
    ...(costly.length === 0 ? {} : { warnings: costly.map((group) => warningOf(group)) }),
  };
}

function problemsOf(errors: readonly FindingGroup[]): { problems: readonly InputProblem[]; count: number } {
  const problems = errors
    .flatMap(({ kind, first }) => first.map(({ line, detail }) => ({ reason: kind, line, detail })))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .slice(0, PLACES_KEPT);
  return { problems, count: errors.reduce((total, { count }) => total + count, 0) };
}

function warningOf({ count, first }: FindingGroup): string {
  return `${first[0]?.detail ?? ''}${count > 1 ? ` (and ${count - 1} more)` : ''}`;
}
