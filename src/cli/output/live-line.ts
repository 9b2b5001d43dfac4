import type { TextStream } from '../io.ts';

/** A few calm lines at the bottom of the terminal while the run works; lines of the log scroll above them. */
export interface LiveLine {
  /** Runs `write` with the lines taken away, and puts them back: at once, or with others a moment later. */
  above(write: () => void): void;
  /** Takes the lines away, and writes what waits for that. */
  close(): void;
}

/** Five times a second at most: more is unrest, and fast log lines would flicker. */
const LEAST_MS = 200;
const REDRAW_MS = 250;
/** What a terminal that does not tell its size is taken for. */
const [USUAL_COLUMNS, USUAL_ROWS] = [80, 24];

export interface LiveLineOptions {
  readonly stream: TextStream;
  /** At most so many characters a line, and so many lines. */
  readonly text: (columns: number, rows: number) => string;
  readonly onResize: (handler: () => void) => () => void;
  /** In ms, by a clock that never goes back. */
  readonly now: () => number;
}

/** Loads the drawing library only here, because only a terminal needs it. */
export async function startLiveLine(options: LiveLineOptions): Promise<LiveLine> {
  const { stream, text, onResize, now } = options;
  const { createLogUpdate } = await import('log-update');
  // The library asks for a WriteStream and uses `write`, `isTTY`, `columns` and `rows`, all of which TextStream has.
  const area = createLogUpdate(stream as NodeJS.WriteStream, { showCursor: true });
  let drawn: readonly string[] = [];
  let drawnAt = Number.NEGATIVE_INFINITY;
  let held: (() => void)[] = [];
  let flushing: NodeJS.Timeout | undefined;
  const timer = setInterval(redraw, REDRAW_MS);
  timer.unref();

  function draw(): void {
    const { columns, rows } = sizeOf(stream);
    // The last column stays free: some terminals begin a new line when it is written to. So does the last row,
    // which the cursor stands in.
    const next = text(columns - 1, rows - 1);
    area(next);
    drawn = next.split('\n');
    drawnAt = now();
    timer.refresh();
  }
  function flush(): void {
    clearTimeout(flushing);
    flushing = undefined;
    area.clear();
    for (const write of held.splice(0)) write();
  }
  function redraw(): void {
    if (held.length > 0) flush();
    draw();
  }
  // A terminal that became narrower has broken the lines that are longer than it by now.
  const offResize = onResize(() => {
    const { columns } = sizeOf(stream);
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
    area.clear();
    stream.write(LINE_UP_AND_ERASE.repeat(rows - drawn.length));
    redraw();
  });
  draw();
  return {
    above(write) {
      held.push(write);
      const restMs = drawnAt + LEAST_MS - now();
      if (restMs <= 0) redraw();
      else flushing ??= setTimeout(redraw, restMs);
    },
    close() {
      clearInterval(timer);
      offResize();
      flush();
      area.done();
    },
  };
}

const LINE_UP_AND_ERASE = '\u001B[1A\u001B[2K';

function sizeOf({ columns = 0, rows = 0 }: TextStream): { readonly columns: number; readonly rows: number } {
  return { columns: columns > 0 ? columns : USUAL_COLUMNS, rows: rows > 1 ? rows : USUAL_ROWS };
}
