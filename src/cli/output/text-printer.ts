import type { Clock } from '../../model/clock.ts';
import type { Progress } from '../../model/progress.ts';
import { formatDuration } from '../../model/units.ts';
import type { TextStream } from '../io.ts';
import { describeError, type About } from './describe-error.ts';
import { eventLine, type Shown } from './event-line.ts';
import { heartbeat } from './heartbeat.ts';
import type { LiveLine } from './live-line.ts';
import type { Printer, ProgressView } from './printer.ts';
import { recordLine } from './record-line.ts';
import type { Style } from './style.ts';

export interface TextPrinterOptions {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly outStyle: Style;
  readonly errStyle: Style;
  readonly clock: Clock;
  readonly scrub: (text: string) => string;
  readonly about: About;
  readonly verbosity: 'quiet' | 'normal' | 'verbose';
  /** Requests are shown too. */
  readonly isTracing?: boolean;
  /** How far this process's own run is. */
  readonly progress: () => Progress;
  /** Opened when a long command starts on a terminal. */
  readonly openLive: ((view: () => ProgressView) => Promise<LiveLine>) | undefined;
}

const HEARTBEAT_MS = 60_000;

/** Results to stdout, everything else to stderr; piped, one tab-separated record a line and no glyphs. */
export function createTextPrinter(options: TextPrinterOptions): Printer {
  const { stdout, stderr, outStyle, errStyle, clock, scrub, verbosity } = options;
  const own: ProgressView = { read: options.progress, ending: 'Ctrl-C is safe' };
  let view: ProgressView | undefined;
  let live: LiveLine | undefined;
  let beats: NodeJS.Timeout | undefined;

  const write = (stream: TextStream, text: string): void => {
    const print = (): void => void stream.write(`${scrub(text)}\n`);
    if (live === undefined) print();
    else live.above(print);
  };
  const show = ({ stream, text, level }: Shown): void => {
    if (level === 'step' && verbosity !== 'verbose') return;
    if (level === 'progress' && verbosity === 'quiet') return;
    write(stream === 'stdout' ? stdout : stderr, text);
  };
  const goLive = async (open: NonNullable<TextPrinterOptions['openLive']>): Promise<void> => {
    const opened = await open(() => view ?? own);
    // It may have been closed meanwhile, and opened anew.
    if (view === undefined || live !== undefined) opened.close();
    else live = opened;
  };
  const start = (): void => {
    if (verbosity === 'quiet') return;
    if (options.openLive !== undefined) void goLive(options.openLive);
    else {
      const beat = (): string => heartbeat((view ?? own).read(), clock.now().getTime());
      beats = setInterval(() => write(stderr, beat()), HEARTBEAT_MS);
      beats.unref();
    }
  };

  return {
    showProgress(next = own) {
      const isFirst = view === undefined;
      view = next;
      if (isFirst) start();
    },
    event(event, origin) {
      if (event.event === 'run_started' && origin === undefined) this.showProgress();
      const shown = eventLine(event, outStyle, errStyle);
      if (shown !== undefined) show(shown);
    },
    request({ method, path, status, ms, requestId }) {
      if (options.isTracing !== true) return;
      const id = requestId === undefined ? '' : ` (${requestId})`;
      write(stderr, `  ${method} ${path}   ${status ?? 'no answer'} in ${formatDuration(ms)}${id}`);
    },
    note(text) {
      if (verbosity !== 'quiet') write(stderr, text);
    },
    result({ lines, records }) {
      const text = outStyle.isTTY ? lines : records.map((record) => recordLine(record));
      for (const line of text) write(stdout, line);
    },
    error(error, exitCode) {
      this.close();
      stderr.write(scrub(describeError(error, exitCode, errStyle, verbosity === 'verbose', options.about)));
    },
    close() {
      view = undefined;
      clearInterval(beats);
      live?.close();
      live = undefined;
    },
  };
}
