import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** How many results an answer shows. */
const MOST_SHOWN = 5;

/** Longer ones are shown in part: an agent pays for every byte, and the file has them whole. */
const LONGEST_SHOWN = 2000;

/** The first results of a file, parsed; of long ones the beginning of their text. */
export async function previewOf(path: string): Promise<readonly unknown[]> {
  const stream = createReadStream(path, { encoding: 'utf8' });
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  const shown: unknown[] = [];
  for await (const line of lines) {
    if (line.trim() === '') continue;
    shown.push(show(line));
    if (shown.length >= MOST_SHOWN) break;
  }
  stream.destroy();
  return shown;
}

function show(line: string): unknown {
  const parsed = parse(line);
  if (line.length <= LONGEST_SHOWN && parsed !== undefined) return parsed;
  const key: unknown = typeof parsed === 'object' && parsed !== null && 'key' in parsed ? parsed.key : null;
  return { key, truncated: true, text: line.slice(0, LONGEST_SHOWN) };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
