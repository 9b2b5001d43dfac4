import { existsSync } from 'node:fs';
import { SETTINGS } from '../config/settings-table.ts';
import { variableOf } from '../config/setting.ts';
import { hasFlag, textFlag, type Invocation } from './invocation.ts';
import { createJsonPrinter } from './output/json-printer.ts';
import { startLiveLine } from './output/live-line.ts';
import type { Printer } from './output/printer.ts';
import { styleFor } from './output/style.ts';
import { createTextPrinter } from './output/text-printer.ts';

/** Chooses the printer that the flags and the streams ask for. */
export function createPrinter(
  invocation: Pick<Invocation, 'io' | 'version' | 'isLong' | 'flags'>,
  run: string,
  scrub: (text: string) => string,
): Printer {
  const { stdout, stderr, clock, env } = invocation.io;
  if (hasFlag(invocation, 'json')) {
    return createJsonPrinter({ stdout, stderr, clock, run, scrub, streamsEvents: invocation.isLong });
  }
  const color = invocation.flags['color'];
  const wish = { flag: typeof color === 'boolean' ? color : undefined, env };
  const [outStyle, errStyle] = [styleFor(stdout, wish), styleFor(stderr, wish)];
  const canDraw = errStyle.isTTY && env['TERM'] !== 'dumb';
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
    openLive: canDraw
      ? (progress) => startLiveLine({ stream: stderr, progress, glyphs: process.platform !== 'win32' })
      : undefined,
  });
}

/** Good enough to point a person at it; a bug may come before the settings are known. */
function logOf(invocation: Pick<Invocation, 'io' | 'flags'>): string | undefined {
  const named = textFlag(invocation, 'log') ?? invocation.io.env[variableOf('log')];
  const path = named ?? SETTINGS.find(({ name }) => name === 'log')?.fallback;
  return path !== undefined && existsSync(path) ? path : undefined;
}
