import type { Clock } from '../../model/clock.ts';
import type { RunEvent, RunStart } from '../../model/run-event.ts';
import { formatDuration } from '../../model/units.ts';
import type { TextStream } from '../io.ts';
import { describeError } from './describe-error.ts';
import { eventLine, type Shown } from './event-line.ts';
import type { LiveLine } from './live-line.ts';
import type { Printer, Progress } from './printer.ts';
import type { Style } from './style.ts';

export interface TextPrinterOptions {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly outStyle: Style;
  readonly errStyle: Style;
  readonly clock: Clock;
  readonly scrub: (text: string) => string;
  readonly verbosity: 'quiet' | 'normal' | 'verbose';
  /** Opened when a long command starts on a terminal. */
  readonly openLive: ((progress: () => Progress) => Promise<LiveLine>) | undefined;
}

const HEARTBEAT_MS = 60_000;

/** Results to stdout, everything else to stderr; piped, one tab-separated record a line and no glyphs. */
export function createTextPrinter(options: TextPrinterOptions): Printer {
  const { stdout, stderr, outStyle, errStyle, clock, scrub, verbosity } = options;
  const progress = { total: 0, submitted: 0, failed: 0, downloaded: 0 };
  let live: LiveLine | undefined;
  let closed = false;
  let heldUntil = 0;
  let heartbeat: NodeJS.Timeout | undefined;

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
    const opened = await open(() => progress);
    if (closed) opened.close();
    else live = opened;
  };
  const start = ({ total, submittedBefore, downloadedBefore }: RunStart): void => {
    Object.assign(progress, { total, submitted: submittedBefore, downloaded: downloadedBefore });
    if (verbosity === 'quiet') return;
    if (options.openLive === undefined) {
      heartbeat = setInterval(() => {
        const leftMs = heldUntil - clock.now().getTime();
        const why = leftMs > 0 ? `waiting for quota, ${formatDuration(leftMs)} left` : 'working';
        write(
          stderr,
          `${why}: ${progress.submitted} of ${progress.total} submitted, ${progress.downloaded} downloaded`,
        );
      }, HEARTBEAT_MS);
      heartbeat.unref();
      return;
    }
    void goLive(options.openLive);
  };

  return {
    event(event: RunEvent) {
      count(progress, event);
      if (event.event === 'run_started') start(event);
      if (event.event === 'rate_limited') {
        heldUntil = Date.parse(event.resumesAt);
        live?.holdUntil(heldUntil);
      }
      const shown = eventLine(event, outStyle, errStyle);
      if (shown !== undefined) show(shown);
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
      stderr.write(scrub(describeError(error, exitCode, errStyle, verbosity === 'verbose')));
    },
    close() {
      closed = true;
      clearInterval(heartbeat);
      live?.close();
      live = undefined;
    },
  };
}

function count(progress: { submitted: number; failed: number; downloaded: number }, event: RunEvent): void {
  if (event.event === 'batch_created' || event.event === 'batch_adopted') progress.submitted += 1;
  if (event.event === 'error' && event.batch !== undefined) progress.failed += 1;
  if (event.event === 'result_saved') progress.downloaded += 1;
}
