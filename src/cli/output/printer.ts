import type { RequestInfo } from '../../gemini/options.ts';
import type { BatchSubmitError } from '../../model/errors.ts';
import type { Progress } from '../../model/progress.ts';
import type { RunEvent } from '../../model/run-event.ts';

/** What is shown while a command works. Text and JSON are two printers whose code paths never meet. */
export interface Printer {
  /** One event of the run, in the shared vocabulary; with `origin` one that another run has logged. */
  event(event: RunEvent, origin?: EventOrigin): void;
  /**
   * Shows from now on how far a run is. This process's own, which is what is shown without a view, needs no call when
   * it starts.
   */
  showProgress(view?: ProgressView): void;
  /** One request to the service and its answer, where requests are shown. */
  request?(info: RequestInfo): void;
  /** A line for people, on stderr. The JSON printer has no use for it. */
  note(text: string): void;
  /** The result of a short command: text for people or scripts, or one JSON document. */
  result(document: ResultDocument): void;
  error(error: unknown, exitCode: number): void;
  /** Ends the showing; it can begin again. */
  close(): void;
}

export interface EventOrigin {
  /** ISO 8601 in UTC. */
  readonly time: string;
  readonly run: string;
}

export interface ProgressView {
  /** As of now. */
  readonly read: () => Progress;
  /** What Ctrl-C does. */
  readonly ending: string;
}

export interface ResultDocument {
  /** Lines for a terminal. */
  readonly lines: readonly string[];
  /** Tab-separated records for a pipe. */
  readonly records: readonly (readonly (string | number)[])[];
  /** The JSON document; `schemaVersion` is added. */
  readonly json: object;
}

export function isStop(error: unknown): error is BatchSubmitError {
  return error instanceof Error && error.name === 'BatchSubmitError';
}
