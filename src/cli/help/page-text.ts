import type { CliIo } from '../io.ts';
import { styleFor } from '../output/style.ts';
import { helpText } from './help-text.ts';
import type { HelpPage } from './page.ts';

/** A page as it is shown on stdout. */
export function pageText({ argv, env, stdout }: CliIo, page: HelpPage): string {
  const flag = argv.includes('--no-color') ? false : argv.includes('--color') || undefined;
  return helpText(page, { columns: stdout.columns ?? 80, style: styleFor(stdout, { flag, env }) });
}
