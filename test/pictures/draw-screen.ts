import type { Cell } from '../pty/screen.ts';

const CELL = { width: 8.4, height: 19 };
const MARGIN = { side: 18, top: 44, bottom: 18 };
const BACKGROUND = '#1b1f24';
const PLAIN = '#d5dae1';
/** The first sixteen colours of a terminal, as this picture shows them. */
const PALETTE: readonly string[] = [
  '#5c6470',
  '#f0716b',
  '#7cc37c',
  '#e0b45c',
  '#6fa8f0',
  '#c58af0',
  '#5fc7c7',
  '#d5dae1',
  '#7d8590',
  '#ff8a84',
  '#95dd95',
  '#f5cb74',
  '#8cbcff',
  '#d8a6ff',
  '#7fe0e0',
  '#ffffff',
];

/** A screen as a picture: what the program wrote, cell by cell, under the command that was typed. */
export function drawScreen(command: string, lines: readonly (readonly Cell[])[], columns: number): string {
  const typed = lineOf(`$ ${command}`);
  const all = [typed, ...withoutEmptyEnd(lines)];
  const width = Math.ceil(columns * CELL.width + MARGIN.side * 2);
  const height = Math.ceil(all.length * CELL.height + MARGIN.top + MARGIN.bottom);
  const rows = all.map((cells, row) => drawLine(cells, MARGIN.top + (row + 0.75) * CELL.height));
  const lights = ['#f0716b', '#e0b45c', '#7cc37c'].map(
    (color, index) => `  <circle cx="${22 + index * 20}" cy="22" r="6" fill="${color}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `  <title>${escaped(command)}</title>`,
    `  <rect width="${width}" height="${height}" rx="9" fill="${BACKGROUND}"/>`,
    ...lights,
    `  <g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">`,
    ...rows.filter((row) => row !== ''),
    '  </g>',
    '</svg>',
    '',
  ].join('\n');
}

/** The words of a picture, a line each, for who compares it. */
export function wordsOf(svg: string): string {
  const rows = new Map<string, string>();
  for (const [, y = '', text = ''] of svg.matchAll(/<text x="[\d.]+" y="([\d.]+)"[^>]*>([^<]*)<\/text>/g))
    rows.set(y, `${rows.get(y) ?? ''}${text}`);
  return [...rows.values()]
    .map((row) =>
      row
        .replaceAll('\u00A0', ' ')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&amp;', '&')
        .trimEnd(),
    )
    .join('\n');
}

interface Run {
  readonly column: number;
  readonly look: string;
  text: string;
  cells: number;
}

/** Neighbours that look the same are one piece; its length is fixed, whatever font there is. */
function drawLine(cells: readonly Cell[], y: number): string {
  const runs: Run[] = [];
  for (const [column, cell] of cells.entries()) {
    const look = lookOf(cell);
    const last = runs.at(-1);
    if (last?.look === look) {
      last.text += cell.text;
      last.cells += 1;
    } else runs.push({ column, look, text: cell.text, cells: 1 });
  }
  const end = runs.findLastIndex(({ text }) => text.trim() !== '');
  return runs
    .slice(0, end + 1)
    .map(({ column, look, text, cells: count }, index) => {
      const shown = index === end ? text.trimEnd() : text;
      const length = (count - (text.length - shown.length)) * CELL.width;
      const x = MARGIN.side + column * CELL.width;
      return `    <text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${look} textLength="${length.toFixed(1)}">${hardSpaces(escaped(shown))}</text>`;
    })
    .join('\n');
}

/** Not every viewer keeps several spaces in a row. */
function hardSpaces(text: string): string {
  return text.replaceAll(' ', '\u00A0');
}

function lookOf({ color, isBold, isDim }: Cell): string {
  const fill = typeof color === 'string' ? color : (PALETTE[color ?? -1] ?? PLAIN);
  return `fill="${fill}"${isBold ? ' font-weight="bold"' : ''}${isDim ? ' opacity="0.65"' : ''}`;
}

function lineOf(text: string): readonly Cell[] {
  return Array.from(text).map((one, index) => ({
    text: one,
    color: index === 0 ? 8 : undefined,
    isBold: index > 0,
    isDim: false,
  }));
}

function withoutEmptyEnd(lines: readonly (readonly Cell[])[]): readonly (readonly Cell[])[] {
  const end = lines.findLastIndex((cells) => cells.some(({ text }) => text.trim() !== ''));
  return lines.slice(0, end + 1);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
