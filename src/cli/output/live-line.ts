import type { TextStream } from '../io.ts';
import { liveText } from './live-text.ts';
import type { Progress } from './run-progress.ts';

/** A few calm lines at the bottom of the terminal while the run works; lines of the log scroll above them. */
export interface LiveLine {
  /** Runs `write` with the lines taken away, and puts them back. */
  above(write: () => void): void;
  close(): void;
}

const REDRAW_MS = 250;
/** What a terminal that does not tell its width is taken for. */
const USUAL_COLUMNS = 80;

export interface LiveLineOptions {
  readonly stream: TextStream;
  readonly progress: () => Progress;
  readonly glyphs: boolean;
}

/** Loads the drawing library only here, because only a terminal needs it. */
export async function startLiveLine({ stream, progress, glyphs }: LiveLineOptions): Promise<LiveLine> {
  const { createLogUpdate } = await import('log-update');
  // The library asks for a WriteStream and uses `write`, `isTTY` and `columns`, all of which TextStream has.
  const area = createLogUpdate(stream as NodeJS.WriteStream, { showCursor: true });
  const draw = (): void => {
    const { columns = 0 } = stream;
    // The last column stays free: some terminals begin a new line when it is written to.
    area(liveText(progress(), { glyphs, columns: (columns > 0 ? columns : USUAL_COLUMNS) - 1 }));
  };
  const timer = setInterval(draw, REDRAW_MS);
  timer.unref();
  draw();
  return {
    above(write) {
      area.clear();
      write();
      draw();
    },
    close() {
      clearInterval(timer);
      area.clear();
      area.done();
    },
  };
}
