import { jobKindOf } from '../model/job-kind.ts';
import { checkRequestLine, type Fact, type LineCheck, type LineVerdict } from './check-line.ts';
import { createFindingGroups } from './finding-groups.ts';
import type { FindingGroup, FindingKind } from './finding.ts';
import { createKeyTable, type KeyTable, NEW_KEY } from './key-table.ts';
import { keyOf, type LineKey } from './line-key.ts';
import type { LineReceiver } from './line-scanner.ts';
import { parseLine } from './parse-line.ts';
import { createSameKeyNotes, type StandsAt } from './same-key.ts';
import { kindFault } from './request-kind.ts';
import { shapeFault } from './request-shape.ts';
import { warnOfSlips } from './request-slips.ts';
import { countText } from './request-text.ts';
import { warnOfFields, warnOfRequest, type Warn } from './request-warnings.ts';
import { createSplitDetector, noteSplit, type SplitDetector } from './split-prompt.ts';
import { CR, endOfText, startOfText } from './trim.ts';

export interface LineRules {
  readonly check?: LineCheck | undefined;
  /** The model that the batches are meant for; without it no request's kind or own model is compared. */
  readonly model?: string | undefined;
  /** Shared by files whose keys are to be compared. */
  readonly keys?: Pick<KeyTable, 'add'> | undefined;
  /** The file's number among those, from 0. */
  readonly file?: number | undefined;
  /** Whether a line stands at this offset of the file too; without it no two lines are the same. */
  readonly standsAt?: StandsAt | undefined;
  readonly split?: Pick<SplitDetector, 'add' | 'verdict'> | undefined;
}

/** What the lines of one file came to. */
export interface LineTotals {
  readonly lines: number;
  readonly keys: number;
  /** Characters of text, or bytes of it where they are not ASCII. */
  readonly textLength: number;
  readonly findings: readonly FindingGroup[];
}

export interface LineFindings extends LineReceiver {
  totals(): LineTotals;
}

/** Where lines begin is not kept beyond what the table of keys can hold. Only a file that is cut before it is sent gets there. */
export const LAST_OFFSET = 0xffff_ffff;

type RequestVerdict = Extract<LineVerdict, { ok: true }>;

/** Parses and judges each line it receives and counts. Blank lines are no requests. */
export function createLineFindings(rules: LineRules = {}): LineFindings {
  const { check = checkRequestLine, model, keys: table = createKeyTable(), file = 0 } = rules;
  const jobKind = model === undefined ? undefined : jobKindOf(model);
  const groups = createFindingGroups();
  const split = rules.split ?? createSplitDetector();
  const same = createSameKeyNotes(groups, rules.standsAt);
  let lines = 0;
  let keys = 0;
  let textLength = 0;
  let nextOffset = 0;

  const report = (kind: FindingKind, line: number, fact: Fact): void => {
    if (!groups.wants(kind)) groups.count(kind);
    else groups.add(kind, { line, detail: `line ${line} ${typeof fact === 'string' ? fact : fact()}` });
  };

  const noteKey = (
    { kind: from, key: exact }: Exclude<LineKey, { kind: 'none' }>,
    line: Buffer,
    number: number,
    offset: number,
  ): void => {
    if (from === 'text') keys += 1;
    const found = table.add(exact, offset, file);
    if (found !== NEW_KEY) same.note(found, exact, line, number);
  };

  const noteRequest = (
    { line, request }: RequestVerdict,
    bytes: Buffer,
    number: number,
    offset: number,
  ): void => {
    const warn: Warn = (kind, fact) => report(kind, number, fact);
    textLength += countText(request);
    split.add(request);
    warnOfRequest(request, model, warn);
    const isBare = line === request;
    warnOfSlips(request, isBare, warn);
    if (isBare) warn('bare_request', 'is a request without {"key", "request"} around it');
    else warnOfFields(line, warn);
    const own = keyOf(line, bytes);
    if (own.kind !== 'none') noteKey(own, bytes, number, offset);
    if (own.kind === 'number' || (own.kind === 'none' && isOdd(line['key'])))
      warn('bad_key', 'has a key that is not text');
    else if (own.kind === 'none' && !isBare) warn('keyless', 'has no key');
  };

  return {
    onLine(buffer, start, end, number) {
      const from = startOfText(buffer, start, end);
      const to = endOfText(buffer, from, end);
      const offset = nextOffset + from - start;
      nextOffset += end - start + 1;
      if (nextOffset > LAST_OFFSET) same.loseOffsets();
      if (end > start && buffer[end - 1] === CR) report('crlf', number, 'ends in CR and LF');
      if (from === to) {
        report('blank_line', number, 'is blank');
        return;
      }
      lines += 1;
      const bytes = buffer.subarray(from, to);
      const parsed = parseLine(bytes);
      const verdict = parsed.ok ? check(parsed.value) : parsed;
      if (!verdict.ok) {
        report(verdict.reason, number, verdict.fact);
        return;
      }
      // Asked here alone: a file that was sent before this was checked must still be told line by line.
      const fault = shapeFault(verdict.request);
      const otherKind = jobKind === undefined ? undefined : kindFault(verdict.request, jobKind);
      if (fault !== undefined) report('wrong_shape', number, fault);
      else if (otherKind !== undefined) report('other_kind', number, otherKind);
      else noteRequest(verdict, bytes, number, offset);
    },
    onTooLong(number) {
      lines += 1;
      same.loseOffsets();
      report('line_too_long', number, 'is longer than 64 MiB');
    },
    totals() {
      noteSplit(groups, split);
      return { lines, keys, textLength, findings: groups.all() };
    },
  };
}

/** Something stands where the key should, and it is none. */
function isOdd(key: unknown): boolean {
  return key !== undefined && key !== '';
}
