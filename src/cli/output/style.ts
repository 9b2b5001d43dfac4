import { styleText } from 'node:util';
import type { TextStream } from '../io.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'strong';

/** How text looks on one stream. Everything reads the same without colour. */
export interface Style {
  readonly isTTY: boolean;
  /** False on old Windows consoles, which can show ASCII only. */
  readonly hasGlyphs: boolean;
  readonly paint: (tone: Tone, text: string) => string;
  readonly mark: (tone: 'good' | 'bad' | 'warn') => string;
}

const FORMATS = { good: 'green', bad: 'red', warn: 'yellow', dim: 'dim', strong: 'bold' } as const;
const MARKS = { good: '✓', bad: '✗', warn: '!' } as const;
/** What old Windows consoles can show. */
const PLAIN_MARKS = { good: '+', bad: 'x', warn: '!' } as const;

export interface ColorWish {
  /** `--color` is true, `--no-color` is false. */
  readonly flag: boolean | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function styleFor(stream: TextStream, wish: ColorWish): Style {
  const isTTY = stream.isTTY === true;
  const hasColor = wantsColor(isTTY, wish);
  const hasGlyphs = !isOldWindowsConsole(wish.env);
  const marks = hasGlyphs ? MARKS : PLAIN_MARKS;
  const paint = (tone: Tone, text: string): string =>
    hasColor ? styleText(FORMATS[tone], text, { validateStream: false }) : text;
  return { isTTY, hasGlyphs, paint, mark: (tone) => paint(tone, marks[tone]) };
}

/**
 * Flag, then FORCE_COLOR, then NO_COLOR, then the terminal. Decided here because `styleText` takes an
 * empty NO_COLOR for a set one on Node 20 and warns when both variables are set.
 */
function wantsColor(isTTY: boolean, { flag, env }: ColorWish): boolean {
  if (flag !== undefined) return flag;
  const force = env['FORCE_COLOR'];
  if (force !== undefined && force !== '') return force !== '0';
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  return isTTY && env['TERM'] !== 'dumb';
}

function isOldWindowsConsole(env: ColorWish['env']): boolean {
  return process.platform === 'win32' && env['WT_SESSION'] === undefined && env['TERM_PROGRAM'] === undefined;
}
