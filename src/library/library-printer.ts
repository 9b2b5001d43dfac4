import type { Clock } from '../model/clock.ts';
import { documentJson, eventJson } from '../cli/output/json-shapes.ts';
import type { Printer } from '../cli/output/printer.ts';
import type { FinishedEvent, LibraryEvent } from './library-options.ts';

export interface LibraryPrinterOptions {
  readonly clock: Clock;
  readonly run: string;
  readonly scrub: (text: string) => string;
  readonly onEvent: (event: LibraryEvent) => void;
}

/** What a command has shown, for the caller to take. */
export interface Shown {
  document: object | undefined;
  finished: FinishedEvent | undefined;
}

/** The third printer: events go to the caller as they come, and the document is kept for the end. */
export function createLibraryPrinter(options: LibraryPrinterOptions, shown: Shown): Printer {
  const { clock, run, scrub, onEvent } = options;
  // Through text, as everything that is shown: what comes out is plain data of the caller's own, without the key.
  const plain = (value: object): unknown => JSON.parse(scrub(JSON.stringify(value)));
  return {
    event(event, origin) {
      const { time, run: id } = origin ?? { time: clock.now().toISOString(), run };
      const told = plain(eventJson(event, new Date(time), id)) as LibraryEvent; // as eventJson makes it
      if (told.type === 'run_finished' && origin === undefined) shown.finished = told;
      onEvent(told);
    },
    showProgress: () => undefined,
    note: () => undefined,
    result({ json }) {
      shown.document = plain(documentJson(json)) as object; // an object goes in
    },
    error: () => undefined,
    close: () => undefined,
  };
}
