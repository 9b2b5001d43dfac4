import { pino } from 'pino';
import { BatchSubmitError } from '../model/errors.ts';
import type { EventSink, RunEvent } from '../model/run-event.ts';
import { openLogFile, type LogFile } from './log-file.ts';

/** The log of one run. */
export interface EventLog {
  /** Returns when the line is written, and for a commit event when it survives a power cut. Never throws. */
  readonly sink: EventSink;
  /** The first failure to write; every event after it was dropped. `undefined` while all is well. */
  readonly failed: Error | undefined;
  close(): void;
}

export interface EventLogOptions {
  readonly path: string;
  /** Tells this run's lines from those of other runs. */
  readonly run: string;
  readonly now: () => Date;
  /** Paths within a line whose values are replaced by `[redacted]`, in pino's notation (`data.apiKey`). */
  readonly redact?: readonly string[];
  /** A last look at each finished line, for secrets in the middle of a text. */
  readonly scrub?: (line: string) => string;
}

/**
 * Opens the JSONL log: one object a line, `{timestamp, event, batch?, data, run, seq}`, where `data`
 * holds the event's other fields and `seq` counts this run's lines from 1 without a gap.
 * The log explains the state and is not needed to resume, so a disk that fails later never stops the
 * run: the log goes quiet and says so in `failed`.
 * @throws {BatchSubmitError} `E_DISK` when the log cannot be opened: nothing was sent by then
 */
export function openEventLog(options: EventLogOptions): EventLog {
  const file = open(options.path);
  const logger = createLogger(file, options);
  let seq = 0;
  let failed: Error | undefined;
  let isClosed = false;

  function guarded(write: () => void): void {
    try {
      write();
    } catch (error) {
      failed ??= error instanceof Error ? error : new Error(String(error));
    }
  }

  return {
    sink(runEvent) {
      if (failed !== undefined || isClosed) return;
      guarded(() => {
        seq += 1;
        logger.info(lineFor(runEvent, options, seq));
        if (COMMIT_EVENTS.has(runEvent.event)) file.sync();
      });
    },
    get failed() {
      return failed;
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      guarded(() => file.sync());
      guarded(() => file.close());
    },
  };
}

/** The events that say what was paid for, or why a run ended. An intent is not one: the state has it on disk by then. */
const COMMIT_EVENTS: ReadonlySet<RunEvent['event']> = new Set<RunEvent['event']>([
  'state_migrated',
  'batch_created',
  'batch_adopted',
  'batch_uncertain',
  'batch_fenced',
  'duplicate_jobs',
  'error',
  'result_saved',
  'cancel_requested',
  'interrupted',
  'run_finished',
]);

function open(path: string): LogFile {
  try {
    return openLogFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    const fact = code === 'ELOOP' ? 'it is a symbolic link' : 'the file system refused';
    throw new BatchSubmitError('E_DISK', `Cannot open the log "${path}": ${fact} (${code})`, {
      hint: 'give another path with `--log <file>`',
      cause: error,
    });
  }
}

function lineFor(runEvent: RunEvent, options: EventLogOptions, seq: number): object {
  const { event, batch, ...data } = { batch: undefined, ...runEvent };
  return { timestamp: options.now().toISOString(), event, batch, data, run: options.run, seq };
}

/** What pino puts first; the lines here have no level. */
const LEVEL = '{"level":30,';

function createLogger(file: LogFile, options: EventLogOptions): pino.Logger {
  const scrub = options.scrub ?? ((line: string) => line);
  return pino(
    {
      base: null,
      timestamp: false,
      redact: { paths: [...(options.redact ?? [])], censor: '[redacted]' },
      // The defaults (5 and 100) would cut a long list of batches or notes.
      depthLimit: 32,
      edgeLimit: 100_000,
    },
    {
      write(line: string) {
        const bare = line.startsWith(LEVEL) ? `{${line.slice(LEVEL.length)}` : line;
        file.append(`${escapeHidden(scrub(bare.trimEnd()))}\n`);
      },
    },
  );
}

/**
 * Control and format characters and the two line separators can hide or turn what a terminal or a
 * viewer shows, and pino leaves those beyond ASCII as they are. In JSON they can only stand inside a
 * string, where an escape means the same.
 */
function escapeHidden(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}
