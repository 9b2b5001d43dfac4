import type { DamageBook } from './damage-book.ts';
import type { FileStore } from './file-store.ts';
import type { JobStore } from './job-store.ts';
import type { Ledger } from './ledger.ts';
import type { Settings } from './options.ts';
import type { Random } from './random.ts';
import type { ResultFiles } from './result-files.ts';
import type { UploadSessions } from './upload-sessions.ts';

/** Everything the handlers share. One per emulator, never global. */
export interface Backend {
  readonly settings: Settings;
  readonly files: FileStore;
  readonly sessions: UploadSessions;
  readonly jobs: JobStore;
  readonly results: ResultFiles;
  readonly damaged: DamageBook;
  readonly ledger: Ledger;
  /** One stream per purpose, so that (say) an extra upload does not change the job ids. */
  readonly random: {
    readonly fileIds: Random;
    readonly jobIds: Random;
    readonly jobTimes: Random;
    readonly timestamps: Random;
  };
}
