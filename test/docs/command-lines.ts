import { parseCommandLine } from '../../src/cli/program.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import { SETTINGS } from '../../src/config/settings-table.ts';
import { createTerminal } from '../cli/terminal.ts';
import type { Block, Found, Page } from './markdown.ts';

const SHELLS = new Set(['console', 'sh', 'bash', 'powershell']);
const PROMPT = /^(?:\$|PS>) /;

/** The lines of a page that call this program, each as the words behind its name. */
export function callsIn({ blocks }: Pick<Page, 'blocks'>): readonly (Found & { words: readonly string[] })[] {
  return blocks
    .filter(({ language }) => SHELLS.has(language))
    .flatMap((block) => typedLines(block))
    .flatMap((found) =>
      callsInLine(found.text).map((words) => ({ line: found.line, text: found.text, words })),
    );
}

/** Where a block has prompts, what has none was printed. */
function typedLines({ lines }: Block): readonly Found[] {
  const prompted = lines.filter(({ text }) => PROMPT.test(text));
  if (prompted.length === 0) return lines;
  return prompted.map(({ line, text }) => ({ line, text: text.replace(PROMPT, '') }));
}

/** A line may call it several times: in a pipe, in a loop, for the shell to read. */
export function callsInLine(text: string): readonly (readonly string[])[] {
  const calls: string[][] = [];
  let call: string[] | undefined;
  for (const word of shellWords(text)) {
    if (word === END) call = undefined;
    else if (call !== undefined) call.push(word);
    else if (word === 'batch-submit') calls.push((call = []));
  }
  // The usage of a command is no command.
  return calls.filter((words) => !words.includes('[flags]'));
}

const END = '\n';

/** Words of a shell line; `END` stands where a command ends. Redirections and comments are left out. */
function shellWords(line: string): readonly string[] {
  const words: string[] = [];
  const pattern =
    /\s#.*$|\d?>+&?\s*\S+|'([^']*)'|"([^"$(]*)"|[|;&(){}"]|[^\s|;&(){}"']+(?:\{[^}]*\}[^\s|;&()"']*)?/g;
  for (const [token, single, double] of line.matchAll(pattern)) {
    if (/^\s#|^\d?>/.test(token)) continue;
    words.push(/^[|;&(){}"]$/.test(token) ? END : (single ?? double ?? token));
  }
  return words;
}

/**
 * What the program has against a call; `undefined` when it would do it.
 * @param words behind its name; `…` and `<…>` stand for something of the reader's
 */
export async function faultIn(words: readonly string[]): Promise<string | undefined> {
  const { io } = createTerminal({ argv: words.filter((word) => word !== '…'), env: {} });
  try {
    const parsed = await parseCommandLine(io, '1.0.0');
    if (parsed.kind === 'printed') return undefined;
    const flags = SETTINGS.flatMap(({ name }) => {
      const value = parsed.flags[name];
      return typeof value === 'string' && !/[…<]/.test(value) ? [[name, value] as const] : [];
    });
    resolveSettings({ flags: Object.fromEntries(flags), environment: {}, envFile: {}, configFile: {} });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
