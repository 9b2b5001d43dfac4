import type { Question } from '../question.ts';
import { deletedInput } from './l1-deleted-input.ts';
import { requestCount } from './l2-request-count.ts';
import { listLag } from './l3-list-lag.ts';
import { listPages } from './l4-list-pages.ts';
import { takenName } from './l5-taken-name.ts';
import { inputOfPendingJob } from './l6-input-of-pending-job.ts';
import { uploadSession } from './l7-upload-session.ts';
import { downloadHeaders } from './l8-download.ts';
import { twoKeys } from './l9-two-keys.ts';
import { displayName } from './l10-display-name.ts';
import { retention } from './l11-retention.ts';
import { missingFile } from './l12-missing-file.ts';
import { sha256Form } from './l13-sha256-form.ts';

/** In the order in which they are asked. */
export const QUESTIONS: readonly Question[] = [
  deletedInput,
  requestCount,
  listLag,
  listPages,
  takenName,
  inputOfPendingJob,
  uploadSession,
  downloadHeaders,
  twoKeys,
  displayName,
  retention,
  missingFile,
  sha256Form,
];
