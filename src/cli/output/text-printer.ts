import type { Clock } from '../../model/clock.ts';
import type { RunEvent } from '../../model/run-event.ts';
import { formatDuration } from '../../model/units.ts';
import type { TextStream } from '../io.ts';
import { describeError, type About } from './describe-error.ts';
import { eventLine, type Shown } from './event-line.ts';
import { heartbeat } from './heartbeat.ts';
import type { LiveLine } from './live-line.ts';
import type { Printer } from './printer.ts';
import { createRunProgress, type Progress } from './run-progress.ts';
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
  /** Opened when a long command starts on a terminal. */
  readonly openLive: ((progress: () => Progress) => Promise<LiveLine>) | undefined;
}

const HEARTBEAT_MS = 60_000;

/** Results to stdout, everything else to stderr; piped, one tab-separated record a line and no glyphs. */
export function createTextPrinter(options: TextPrinterOptions): Printer {
  const { stdout, stderr, outStyle, errStyle, clock, scrub, verbosity } = options;
  const progress = createRunProgress(clock);
  let live: LiveLine | undefined;
  let closed = false;
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
    const opened = await open(() => progress.read());
    if (closed) opened.close();
    else live = opened;
  };
  const start = (): void => {
    if (verbosity === 'quiet') return;
    if (options.openLive !== undefined) void goLive(options.openLive);
    else {
      beats = setInterval(() => write(stderr, heartbeat(progress.read())), HEARTBEAT_MS);
      beats.unref();
    }
  };

  return {
    progress: progress.sink,
    event(event: RunEvent) {
      progress.event(event);
      if (event.event === 'run_started') start();
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
      const text = outStyle.isTTY ? lines : records.map((record) => record.join('\t'));
      for (const line of text) write(stdout, line);
    },
    error(error, exitCode) {
      this.close();
      stderr.write(scrub(describeError(error, exitCode, errStyle, verbosity === 'verbose', options.about)));
    },
    close() {
      closed = true;
      clearInterval(beats);
      live?.close();
      live = undefined;
    },
  };
}
