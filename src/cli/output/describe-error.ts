import { BatchSubmitError } from '../../model/errors.ts';
import type { Style } from './style.ts';

/** What could not be done, the fact, details, and last the one next command. */
export function describeError(error: unknown, exitCode: number, style: Style, isVerbose: boolean): string {
  if (!(error instanceof BatchSubmitError)) return describeBug(error, style, isVerbose);
  const code = isVerbose ? ` [${error.code}, exit ${exitCode}]` : '';
  const lines = [
    `${style.paint('bad', 'error:')} ${error.message}${code}`,
    ...error.details.map((detail) => `  ${detail}`),
  ];
  if (error.hint !== undefined) lines.push('', `${style.paint('strong', 'hint:')} ${error.hint}`);
  return `${lines.join('\n')}\n`;
}

function describeBug(error: unknown, style: Style, isVerbose: boolean): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = [
    `${style.paint('bad', 'error:')} This is a bug in batch-submit: ${message}`,
    `  Node ${process.version} on ${process.platform}. What was saved before it is intact`,
  ];
  if (isVerbose && error instanceof Error && error.stack !== undefined) lines.push(error.stack);
  lines.push('', `${style.paint('strong', 'hint:')} run the same command with -v and report what it prints`);
  return `${lines.join('\n')}\n`;
}
