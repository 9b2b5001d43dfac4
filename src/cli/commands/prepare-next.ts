import { showName } from '../../input/show-name.ts';
import { textFlag, type Invocation } from '../invocation.ts';

/**
 * What to do with numbered files once they are written.
 * @param folder where they are, if that is not the input folder
 */
export function nextAfterPreparing(invocation: Invocation, folder: string | undefined): string {
  const values = { input: folder ?? textFlag(invocation, 'input'), pattern: textFlag(invocation, 'pattern') };
  const flags = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value = '']) => ` --${name} ${/^[\w./-]+$/.test(value) ? value : `"${showName(value)}"`}`)
    .join('');
  const [check, plan] = [`batch-submit validate${flags}`, `batch-submit${flags} --dry-run`];
  const width = Math.max(check.length, plan.length);
  return [
    '',
    `Next: ${check.padEnd(width)}   check every line; nothing is sent`,
    `      ${plan.padEnd(width)}   see the plan`,
  ].join('\n');
}
