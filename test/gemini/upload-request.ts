import type { InputFacts } from '../../src/model/batch-record.ts';
import type { UploadRequest } from '../../src/model/service.ts';

export interface Upload {
  readonly request: UploadRequest;
  readonly sessions: (string | undefined)[];
  readonly progress: number[];
}

export function uploadOf(input: InputFacts, more: Partial<UploadRequest> = {}): Upload {
  const sessions: (string | undefined)[] = [];
  const progress: number[] = [];
  const request: UploadRequest = {
    input,
    fileName: 'files/bs1-a-00001',
    displayName: 'batch 1',
    sessionUrl: undefined,
    onSession: async (sessionUrl) => {
      sessions.push(sessionUrl);
    },
    onProgress: (sent) => progress.push(sent),
    ...more,
  };
  return { request, sessions, progress };
}
