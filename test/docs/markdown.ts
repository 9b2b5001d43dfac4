import { readdir, readFile } from 'node:fs/promises';
import { ROOT } from '../house/source-files.ts';

/** A page, taken apart as far as the tests need it. Lines count from 1. */
export interface Page {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly blocks: readonly Block[];
  /** Inline code, without its backticks. */
  readonly spans: readonly Found[];
  /** Targets of links and pictures, as written. */
  readonly links: readonly Found[];
  /** Words of the headings, without their `#`. */
  readonly headings: readonly Found[];
  /** What a `#…` of a link can name. */
  readonly anchors: ReadonlySet<string>;
}

export interface Found {
  readonly line: number;
  readonly text: string;
}

/** A fenced block: its language, and its lines. */
export interface Block {
  readonly language: string;
  readonly lines: readonly Found[];
}

/** Every page of the repository. */
export async function readPages(): Promise<readonly Page[]> {
  const [top, docs, fixtures] = await Promise.all(
    ['', 'docs/', 'fixtures/'].map(async (folder) => {
      const names = await readdir(`${ROOT}${folder}`, { recursive: folder !== '' });
      return names.filter((name) => name.endsWith('.md')).map((name) => folder + name.replaceAll('\\', '/'));
    }),
  );
  const paths = [...(top ?? []), ...(docs ?? []), ...(fixtures ?? [])].sort();
  return await Promise.all(
    paths.map(async (path) => parsePage(path, await readFile(`${ROOT}${path}`, 'utf8'))),
  );
}

export function parsePage(path: string, text: string): Page {
  const prose: Found[] = [];
  const blocks: { language: string; lines: Found[] }[] = [];
  let fence: string | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const found = { line: index + 1, text: raw.trim() };
    const [, ticks, language = ''] = /^(`{3,})(\S*)/.exec(found.text) ?? [];
    if (fence !== undefined && found.text === fence) fence = undefined;
    else if (fence !== undefined) blocks.at(-1)?.lines.push(found);
    else if (ticks === undefined) prose.push(found);
    else {
      fence = ticks;
      blocks.push({ language, lines: [] });
    }
  }
  const bare = prose.map((found) => ({ ...found, text: found.text.replaceAll(SPAN, '') }));
  const headings = matches(prose, /^#{1,6}(?: (.*))?$/g);
  return {
    path,
    blocks,
    spans: matches(prose, SPAN),
    links: matches(bare, /\]\(([^)\s]+)\)/g),
    headings,
    anchors: anchorsOf(headings),
  };
}

const SPAN = /(?<!`)`([^`]+)`(?!`)/g;

function matches(lines: readonly Found[], pattern: RegExp): readonly Found[] {
  return lines.flatMap(({ line, text }) =>
    [...text.matchAll(pattern)].map((match) => ({ line, text: match[1] ?? '' })),
  );
}

/** As GitHub makes them: lower case, without punctuation, `-1` behind the second of a name. */
function anchorsOf(headings: readonly Found[]): ReadonlySet<string> {
  const anchors = new Set<string>();
  const uses = new Map<string, number>();
  for (const { text } of headings) {
    const words = text.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = words.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-');
    const use = uses.get(anchor) ?? 0;
    uses.set(anchor, use + 1);
    anchors.add(use === 0 ? anchor : `${anchor}-${use}`);
  }
  return anchors;
}
