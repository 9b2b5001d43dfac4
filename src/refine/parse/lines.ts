import { createHash } from 'node:crypto';
import { holdsBytes } from '../../state/hash-file.ts';
import { openAtomicOutput } from '../../state/atomic-output.ts';
import { createLineWriter } from '../../state/line-writer.ts';
import type { FileFacts } from '../summary.ts';

/** A file of lines under way, which takes its name when it is whole. */
export interface Lines {
  add(line: string): Promise<void>;
  /** Leaves a file that says the same already as it is. */
  publish(): Promise<FileFacts>;
  discard(): Promise<void>;
}

/** @throws {BatchSubmitError} `E_DISK`, as do its methods */
export async function openLines(path: string): Promise<Lines> {
  const output = await openAtomicOutput(path);
  const writer = createLineWriter(output);
  let count = 0;
  return {
    async add(line) {
      count += 1;
      await writer.add(line);
    },
    async publish() {
      await writer.flush();
      const written = output.written();
      if (!(await holdsBytes(path, written))) await output.publish();
      return { ...written, count };
    },
    discard: () => output.discard(),
  };
}

/** The same for a plan: it says what the file would be, and writes none. */
export function countLines(): Lines {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let count = 0;
  return {
    async add(line) {
      const bytes = Buffer.from(`${line}\n`);
      hash.update(bytes);
      sizeBytes += bytes.length;
      count += 1;
    },
    publish: async () => ({ sizeBytes, sha256: hash.digest('hex'), count }),
    discard: async () => {},
  };
}
