import type { Clock } from '../../model/clock.ts';
import type { TextStream } from '../io.ts';
import { escapeHidden } from './escape-hidden.ts';
import { documentJson, eventJson } from './json-shapes.ts';
import { isStop, type Printer } from './printer.ts';

export interface JsonPrinterOptions {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly clock: Clock;
  readonly run: string;
  readonly scrub: (text: string) => string;
  /** False for a command whose whole output is one document. */
  readonly streamsEvents: boolean;
}

/** Long commands stream the events of the log, one JSON object a line; short ones print one document. */
export function createJsonPrinter(options: JsonPrinterOptions): Printer {
  const { stdout, stderr, clock, run, scrub, streamsEvents } = options;
  const textOf = (value: object, indent?: number): string =>
    `${escapeHidden(scrub(JSON.stringify(value, undefined, indent)))}\n`;
  return {
    event(event, { time, run: id } = { time: clock.now().toISOString(), run }) {
      if (streamsEvents) stdout.write(textOf(eventJson(event, new Date(time), id)));
    },
    showProgress: () => undefined,
    note: () => undefined,
    result({ json }) {
      stdout.write(textOf(documentJson(json), streamsEvents ? undefined : 2));
    },
    error(error, exitCode) {
      const code = isStop(error) ? error.code : 'E_BUG';
      const message = error instanceof Error ? error.message : String(error);
      const { hint, details = [] } = isStop(error) ? error : {};
      const facts = details.length === 0 ? {} : { details };
      stderr.write(textOf({ type: 'error', code, message, ...facts, hint, exitCode }));
    },
    close: () => undefined,
  };
}
