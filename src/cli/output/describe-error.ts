import { BatchSubmitError } from '../../model/errors.ts';
import type { Style } from './style.ts';

/** What a report of a bug needs. */
export interface About {
  readonly version: string;
  /** The log, where there is one. */
  readonly log: string | undefined;
}

/** What could not be done, the fact, details, and last the one next command. */
export function describeError(
  error: unknown,
  exitCode: number,
  style: Style,
  isVerbose: boolean,
  about: About,
): string {
  if (!(error instanceof BatchSubmitError)) return describeBug(error, style, isVerbose, about);
  const code = isVerbose ? ` [${error.code}, exit ${exitCode}]` : '';
  const lines = [
    `${style.paint('bad', 'error:')} ${error.message}${code}`,
    ...error.details.map((detail) => `  ${detail}`),
  ];
  if (error.hint !== undefined) lines.push('', `${style.paint('strong', 'hint:')} ${error.hint}`);
  return `${lines.join('\n')}\n`;
}

function describeBug(error: unknown, style: Style, isVerbose: boolean, { version, log }: About): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = [
    `${style.paint('bad', 'error:')} This is a bug in batch-submit: ${message}`,
    `  batch-submit ${version}, Node ${process.version} on ${process.platform}. What was saved before it is intact`,
  ];
  if (log !== undefined) lines.push(`  The steps before it are in "${log}"`);
  if (isVerbose && error instanceof Error && error.stack !== undefined) lines.push(error.stack);
  const next = isVerbose
    ? 'report what is printed here'
    : 'run the same command with -v and report what it prints';
  lines.push('', `${style.paint('strong', 'hint:')} ${next}, without your API key and your prompts`);
  return `${lines.join('\n')}\n`;
}
