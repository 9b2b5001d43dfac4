import { existsSync } from 'node:fs';
import { SETTINGS } from '../config/settings-table.ts';
import { variableOf } from '../config/setting.ts';
import { NO_WAIT, type Progress } from '../model/progress.ts';
import { hasFlag, textFlag, type Invocation } from './invocation.ts';
import { createJsonPrinter } from './output/json-printer.ts';
import type { LiveLine } from './output/live-line.ts';
import type { Printer, ProgressView } from './output/printer.ts';
import { styleFor } from './output/style.ts';
import { createTextPrinter } from './output/text-printer.ts';

/**
 * Chooses the printer that the flags and the streams ask for.
 * @param progress how far this process's run is, as of now; without it there is none
 */
export function createPrinter(
  invocation: Pick<Invocation, 'io' | 'version' | 'isLong' | 'flags'>,
  run: string,
  scrub: (text: string) => string,
  progress: () => Progress = () => ({ wait: NO_WAIT }),
): Printer {
  const { stdout, stderr, clock, env, onResize } = invocation.io;
  if (hasFlag(invocation, 'json')) {
    return createJsonPrinter({ stdout, stderr, clock, run, scrub, streamsEvents: invocation.isLong });
  }
  const color = invocation.flags['color'];
  const wish = { flag: typeof color === 'boolean' ? color : undefined, env };
  const [outStyle, errStyle] = [styleFor(stdout, wish), styleFor(stderr, wish)];
  const canDraw = errStyle.isTTY && env['TERM'] !== 'dumb';
  const now = (): number => clock.monotonicMs();
  // Loaded only when something is drawn, which most commands never do.
  const openLive = async (view: () => ProgressView): Promise<LiveLine> => {
    const { startLiveLine } = await import('./output/live-line.ts');
    const { liveText } = await import('./output/live-text.ts');
    const text = (columns: number, rows: number): string => {
      const { read, ending } = view();
      const moment = clock.now().getTime();
      return liveText(read(), { glyphs: errStyle.hasGlyphs, columns, rows, now: moment, ending });
    };
    return await startLiveLine({ stream: stderr, text, onResize, now });
  };
  return createTextPrinter({
    stdout,
    stderr,
    outStyle,
    errStyle,
    clock,
    scrub,
    about: { version: invocation.version, log: logOf(invocation) },
    verbosity: hasFlag(invocation, 'quiet') ? 'quiet' : hasFlag(invocation, 'verbose') ? 'verbose' : 'normal',
    isTracing: hasFlag(invocation, 'trace'),
    progress,
    openLive: canDraw ? openLive : undefined,
  });
}

/** Good enough to point a person at it; a bug may come before the settings are known. */
function logOf(invocation: Pick<Invocation, 'io' | 'flags'>): string | undefined {
  const named = textFlag(invocation, 'log') ?? invocation.io.env[variableOf('log')];
  const path = named ?? SETTINGS.find(({ name }) => name === 'log')?.fallback;
  return path !== undefined && existsSync(path) ? path : undefined;
}
