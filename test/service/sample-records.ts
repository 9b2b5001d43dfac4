import type { InputFacts, RecordOf, SubmittedJob, UploadedFile } from '../../src/model/batch-record.ts';
import { START } from './fake-clock.ts';

const SHA = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

export const INPUT: InputFacts = { path: 'batches/1.jsonl', sizeBytes: 100, sha256: SHA, lines: 2 };
export const FILE: UploadedFile = { name: 'files/mine', uri: 'https://host/files/mine', uploadedAt: START };
export const DISPLAY_NAME = 'bs1/k3v9q2ma/1/9f86d081884c7d65/a1';

export const UPLOADED: RecordOf<'uploaded'> = { status: 'uploaded', attempt: 1, input: INPUT, file: FILE };

export const CREATING: RecordOf<'creating'> = {
  ...UPLOADED,
  status: 'creating',
  intent: { displayName: DISPLAY_NAME, model: 'gemini-2.5-flash', sentAt: START },
};

export const UNCERTAIN: RecordOf<'uncertain'> = {
  ...CREATING,
  status: 'uncertain',
  reason: 'ECONNRESET',
  since: START,
};

export function submitted(job: string): RecordOf<'submitted'> {
  return { status: 'submitted', attempt: 1, input: INPUT, file: FILE, job: jobOf(job), jobState: 'pending' };
}

export function succeeded(job: string): RecordOf<'succeeded'> {
  const results = { kind: 'file', name: `files/results-of-${job.slice(8)}` } as const;
  return {
    status: 'succeeded',
    attempt: 1,
    input: INPUT,
    file: FILE,
    job: jobOf(job),
    endedAt: START,
    results,
  };
}

function jobOf(name: string): SubmittedJob {
  return { name, displayName: DISPLAY_NAME, submittedAt: START };
}
