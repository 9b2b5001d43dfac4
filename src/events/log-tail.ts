import { open, stat, type FileHandle } from 'node:fs/promises';
import type { RunEvent } from '../model/run-event.ts';

/** A line of the log. */
export interface LoggedEvent {
  readonly event: RunEvent;
  /** ISO 8601 in UTC. */
  readonly time: string;
  readonly run: string;
}

/** What is added to a log from now on, for who looks on while another process writes it. */
export interface LogTail {
  /** What came since the last call, in order; a line that is not whole yet comes with a later one. */
  read(): Promise<readonly LoggedEvent[]>;
}

/** One call reads no more than this; what is left comes with the next. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Begins at the end of the log; one that is not there yet will be read from its beginning. Lines that are not
 * ours are passed over, and a log that cannot be read says nothing.
 * @param clean what every text of an event goes through: a log may hold what a service said
 */
export async function openLogTail(path: string, clean: (text: string) => string): Promise<LogTail> {
  let offset = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  return {
    async read() {
      const bytes = await readFrom(path, offset);
      if (bytes === undefined) return [];
      if (bytes === 'shorter') {
        offset = 0;
        return [];
      }
      const end = bytes.lastIndexOf(0x0a) + 1;
      // A line as long as that is none of ours.
      offset += end === 0 && bytes.length === MOST_BYTES ? bytes.length : end;
      const lines = bytes.subarray(0, end).toString('utf8').split('\n');
      return lines.map((line) => parseLine(line, clean)).filter((logged) => logged !== undefined);
    },
  };
}

async function readFrom(path: string, offset: number): Promise<Buffer | 'shorter' | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const { size } = await file.stat();
    if (size < offset) return 'shorter';
    const buffer = Buffer.alloc(Math.min(MOST_BYTES, size - offset));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    return buffer.subarray(0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}

function parseLine(text: string, clean: (text: string) => string): LoggedEvent | undefined {
  try {
    const line: unknown = JSON.parse(text, (_, value: unknown) =>
      typeof value === 'string' ? clean(value) : value,
    );
    if (!isObject(line)) return undefined;
    const { timestamp, event, batch, data, run } = line;
    if (typeof timestamp !== 'string' || typeof event !== 'string' || typeof run !== 'string')
      return undefined;
    const facts = { event, ...(batch === undefined ? {} : { batch }), ...(isObject(data) ? data : {}) };
    return { event: facts as RunEvent, time: timestamp, run };
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
