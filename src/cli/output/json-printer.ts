import type { Clock } from '../../model/clock.ts';
import type { RunEvent } from '../../model/run-event.ts';
import type { TextStream } from '../io.ts';
import { isStop, type Printer } from './printer.ts';

export interface JsonPrinterOptions {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly clock: Clock;
  readonly run: string;
  readonly scrub: (text: string) => string;
}

/** Long commands stream the events of the log, one JSON object a line; short ones print one document. */
export function createJsonPrinter({ stdout, stderr, clock, run, scrub }: JsonPrinterOptions): Printer {
  const line = (value: object): string => `${scrub(JSON.stringify(value))}\n`;
  return {
    event({ event, ...facts }: RunEvent) {
      stdout.write(line({ schemaVersion: 1, type: event, time: clock.now().toISOString(), run, ...facts }));
    },
    note: () => undefined,
    result({ json }) {
      stdout.write(`${scrub(JSON.stringify({ schemaVersion: 1, ...json }, undefined, 2))}\n`);
    },
    error(error, exitCode) {
      const code = isStop(error) ? error.code : 'E_BUG';
      const message = error instanceof Error ? error.message : String(error);
      const hint = isStop(error) ? error.hint : undefined;
      stderr.write(line({ type: 'error', code, message, hint, exitCode }));
    },
    close: () => undefined,
  };
}
