import type { CliIo } from './io.ts';

/** The two questions that a person and a shell ask most, answered before the command line is parsed. */
export async function quickAnswer(io: CliIo, version: string): Promise<string | undefined> {
  const [word, ...rest] = io.argv;
  if (word === undefined || rest.length > 0) return undefined;
  if (word === '--version' || word === '-V') return `${version}\n`;
  if (word !== '--help' && word !== '-h' && word !== 'help') return undefined;
  const [{ rootPage }, { pageText }] = await Promise.all([
    import('./help/command-page.ts'),
    import('./help/page-text.ts'),
  ]);
  return pageText(io, rootPage());
}
