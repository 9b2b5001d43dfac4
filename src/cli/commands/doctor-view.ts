import type { Check, Verdict } from '../../upkeep/check.ts';
import { EXIT, EXIT_BY_CODE } from '../exit-codes.ts';
import type { ResultDocument } from '../output/printer.ts';
import type { Style } from '../output/style.ts';

/** One line for each check, and what to do below those where anything is to be done. */
export function diagnosisDocument(checks: readonly Check[], style: Style): ResultDocument {
  const width = Math.max(...checks.map(({ check }) => nameOf(check).length));
  const exitCode = exitCodeOfChecks(checks);
  return {
    lines: [
      ...checks.flatMap(({ check, verdict, fact, hint }) => [
        `${mark(style, verdict)} ${nameOf(check).padEnd(width)}   ${verdict === 'left_out' ? style.paint('dim', `not asked: ${fact}`) : fact}`,
        ...(hint === undefined ? [] : [`  ${' '.repeat(width)}   ${style.paint('strong', 'hint:')} ${hint}`]),
      ]),
      '',
      summary(checks),
    ],
    records: checks.map(({ check, verdict, fact, hint }) => [check, verdict, fact, hint ?? '']),
    json: {
      checks: checks.map(({ check, verdict, fact, hint }) => ({ check, verdict, fact, hint: hint ?? null })),
      ok: checks.every(({ verdict }) => verdict !== 'problem'),
      exitCode,
    },
  };
}

/** Of the first problem; warnings alone are no reason to fail. */
export function exitCodeOfChecks(checks: readonly Check[]): number {
  const first = checks.find(({ verdict }) => verdict === 'problem');
  if (first === undefined) return EXIT.ok;
  return first.code === undefined ? EXIT.unexpected : EXIT_BY_CODE[first.code];
}

function summary(checks: readonly Check[]): string {
  const count = (wanted: Verdict): number => checks.filter(({ verdict }) => verdict === wanted).length;
  const parts = [
    [count('problem'), 'problem', 'problems'],
    [count('warning'), 'warning', 'warnings'],
  ] as const;
  const found = parts.filter(([n]) => n > 0).map(([n, one, many]) => `${n} ${n === 1 ? one : many}`);
  const left = count('left_out');
  const rest = left === 0 ? '' : `; ${left} of ${checks.length} questions were not asked`;
  return `${found.length === 0 ? 'Nothing is wrong' : found.join(', ')}${rest}. Nothing was written, and nothing spent.`;
}

function mark(style: Style, verdict: Verdict): string {
  switch (verdict) {
    case 'ok':
      return style.mark('good');
    case 'warning':
      return style.mark('warn');
    case 'problem':
      return style.mark('bad');
    case 'left_out':
      return style.paint('dim', '-');
  }
}

function nameOf(check: Check['check']): string {
  return check.replaceAll('_', ' ');
}
