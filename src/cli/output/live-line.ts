import type { Clock } from '../../model/clock.ts';
import { formatDuration } from '../../model/units.ts';
import type { TextStream } from '../io.ts';
import type { Progress } from './printer.ts';

/** One calm line at the bottom of the terminal while the run works; lines of the log scroll above it. */
export interface LiveLine {
  /** Runs `write` with the line taken away, and puts it back. */
  above(write: () => void): void;
  holdUntil(time: number | undefined): void;
  close(): void;
}

const REDRAW_MS = 250;
const BAR_CELLS = 20;

export interface LiveLineOptions {
  readonly stream: TextStream;
  readonly clock: Clock;
  readonly progress: () => Progress;
  readonly glyphs: boolean;
}

/** Loads the drawing library only here, because only a terminal needs it. */
export async function startLiveLine({ stream, clock, progress, glyphs }: LiveLineOptions): Promise<LiveLine> {
  const { createLogUpdate } = await import('log-update');
  // The library asks for a WriteStream and uses `write`, `isTTY` and `columns`, all of which TextStream has.
  const area = createLogUpdate(stream as NodeJS.WriteStream, { showCursor: true });
  let heldUntil: number | undefined;
  const draw = (): void => area(lineFor(progress(), heldUntil, clock.now().getTime(), glyphs));
  const timer = setInterval(draw, REDRAW_MS);
  timer.unref();
  draw();
  return {
    above(write) {
      area.clear();
      write();
      draw();
    },
    holdUntil(time) {
      heldUntil = time;
    },
    close() {
      clearInterval(timer);
      area.clear();
      area.done();
    },
  };
}

function lineFor(progress: Progress, heldUntil: number | undefined, now: number, glyphs: boolean): string {
  const { total, submitted, failed, downloaded } = progress;
  const filled = total === 0 ? 0 : Math.min(BAR_CELLS, Math.round((submitted / total) * BAR_CELLS));
  const [full, empty] = glyphs ? ['━', '─'] : ['#', '-'];
  const parts = [
    `${full.repeat(filled)}${empty.repeat(BAR_CELLS - filled)}  ${submitted}/${total} submitted`,
  ];
  if (downloaded > 0) parts.push(`${downloaded} downloaded`);
  if (failed > 0) parts.push(`${failed} failed`);
  if (heldUntil !== undefined && heldUntil > now)
    parts.push(`waiting ${formatDuration(Math.ceil((heldUntil - now) / 1000) * 1000)}`);
  parts.push('Ctrl-C is safe');
  return `  ${parts.join(glyphs ? ' · ' : ' | ')}`;
}
