import headless, { type IBufferCell } from '@xterm/headless';

/** One cell of the screen, with how it looks. */
export interface Cell {
  /** Empty for the second cell of a wide character. */
  readonly text: string;
  /** A colour of the palette (0 to 255), `#rrggbb`, or nothing for the terminal's own. */
  readonly color: number | string | undefined;
  readonly isBold: boolean;
  readonly isDim: boolean;
}

/** What a terminal makes of the bytes that it is sent. */
export interface Screen {
  write(text: string): void;
  /** As a terminal does: lines that do not fit any more are broken, and joined again when they do. */
  resize(columns: number, rows: number): void;
  /** Every line so far, also those that have scrolled away, without spaces and empty lines at the end. */
  text(): Promise<string>;
  /** The same by cells, for who draws it. */
  cells(): Promise<readonly (readonly Cell[])[]>;
  /** How many lines do not fit in a row and go on in the next one. */
  wrapped(): Promise<number>;
}

export function createScreen(columns: number, rows: number): Screen {
  const terminal = new headless.Terminal({
    cols: columns,
    rows,
    scrollback: 10_000,
    allowProposedApi: true,
  });
  const buffer = terminal.buffer.active;
  // Bytes are taken in a little later; this waits for those that came so far.
  const settled = (): Promise<void> => new Promise((resolve) => terminal.write('', resolve));
  const lines = (): readonly NonNullable<ReturnType<typeof buffer.getLine>>[] =>
    Array.from({ length: buffer.length }, (_, row) => buffer.getLine(row)).filter(
      (line) => line !== undefined,
    );
  return {
    write: (text) => terminal.write(text),
    resize: (newColumns, newRows) => terminal.resize(newColumns, newRows),
    async text() {
      await settled();
      return lines()
        .map((line) => line.translateToString(true).trimEnd())
        .join('\n')
        .trimEnd();
    },
    async cells() {
      await settled();
      return lines().map((line) =>
        Array.from({ length: line.length }, (_, column) => line.getCell(column))
          .filter((cell) => cell !== undefined)
          .map((cell) => toCell(cell)),
      );
    },
    async wrapped() {
      await settled();
      return lines().filter(({ isWrapped }) => isWrapped).length;
    },
  };
}

function toCell(cell: IBufferCell): Cell {
  const isBlank = cell.getChars() === '' && cell.getWidth() > 0;
  return {
    text: isBlank ? ' ' : cell.getChars(),
    color: colorOf(cell),
    isBold: cell.isBold() !== 0,
    isDim: cell.isDim() !== 0,
  };
}

function colorOf(cell: IBufferCell): Cell['color'] {
  if (cell.isFgDefault()) return undefined;
  const color = cell.getFgColor();
  return cell.isFgRGB() ? `#${color.toString(16).padStart(6, '0')}` : color;
}
