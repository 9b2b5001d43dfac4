import { createHash } from 'node:crypto';
import { holdsBytes } from '../../state/hash-file.ts';
import { temporaryPathFor } from '../../state/atomic-file.ts';
import { openAtomicOutput } from '../../state/atomic-output.ts';
import { createLineWriter } from '../../state/line-writer.ts';
import type { AnswerRecord } from '../answer-record.ts';
import { readRecords, type PlacedRecord } from '../read-records.ts';
import type { FileFacts } from '../summary.ts';

/** A file of records under way, which takes its name when it is whole. */
export interface Lines {
  add(line: string): Promise<void>;
  /** Goes over the records that are there, and puts what `change` gives in their place. */
  revise(change: (record: AnswerRecord) => AnswerRecord): Promise<void>;
  /** Leaves a file that says the same already as it is. */
  publish(): Promise<FileFacts>;
  discard(): Promise<void>;
}

/** @throws {BatchSubmitError} `E_DISK`, as do its methods */
export async function openLines(path: string): Promise<Lines> {
  let temporaryPath = temporaryPathFor(path);
  let output = await openAtomicOutput(path, temporaryPath);
  let writer = createLineWriter(output);
  let count = 0;
  return {
    async add(line) {
      count += 1;
      await writer.add(line);
    },
    async revise(change) {
      await writer.flush();
      await output.seal();
      const [before, beforePath] = [output, temporaryPath];
      try {
        temporaryPath = temporaryPathFor(path);
        output = await openAtomicOutput(path, temporaryPath);
        writer = createLineWriter(output);
        const copy = async (records: readonly PlacedRecord[]): Promise<void> => {
          for (const { record } of records) await writer.add(JSON.stringify(change(record)));
        };
        await readRecords(beforePath, copy, undefined);
      } finally {
        await before.discard();
      }
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
    revise: async () => {},
    publish: async () => ({ sizeBytes, sha256: hash.digest('hex'), count }),
    discard: async () => {},
  };
}
