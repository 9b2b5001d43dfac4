import type { RunEvent } from '../../model/run-event.ts';

/** Goes up when a field changes its meaning or goes away; fields may be added at any time. */
const SCHEMA_VERSION = 1;

/** An event as programs see it: a line of `--json`, and what the library tells. */
export function eventJson({ event, ...facts }: RunEvent, time: Date, run: string): object {
  return { schemaVersion: SCHEMA_VERSION, type: event, time: time.toISOString(), run, ...facts };
}

/** The document of a short command. */
export function documentJson(json: object): object {
  return { schemaVersion: SCHEMA_VERSION, ...json };
}
