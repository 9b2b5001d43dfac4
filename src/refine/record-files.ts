import { join } from 'node:path';

/** Where the records and what is known of them are kept, all in the folder of the setting `records`. */
export interface RecordFiles {
  readonly folder: string;
  /** One `AnswerRecord` a line, by batch, line and position. */
  readonly records: string;
  /** What of the answers gave no record, one a line. */
  readonly unparsed: string;
  /** Which record was merged into which, one a line. */
  readonly duplicates: string;
  /** What each step came to, see `RecordSummary`. The lock of the folder bears its name. */
  readonly summary: string;
  /** Vectors, a folder for each model, dimension and task. */
  readonly vectors: string;
  /** The batches that ask for embeddings, with a state, a log and results of their own. */
  readonly embedding: string;
}

export function recordFilesIn(folder: string): RecordFiles {
  return {
    folder,
    records: join(folder, 'records.jsonl'),
    unparsed: join(folder, 'unparsed.jsonl'),
    duplicates: join(folder, 'duplicates.jsonl'),
    summary: join(folder, 'summary.json'),
    vectors: join(folder, 'vectors'),
    embedding: join(folder, 'embedding'),
  };
}
