import type { JobSnapshot, JobState } from '../../src/model/job.ts';
import type { FailureKind, ServiceFailure } from '../../src/model/failure.ts';
import type { BatchService, Result } from '../../src/model/service.ts';

/** A service of which only the given calls may be made; `journal` hears of each. */
export function createServiceDouble(calls: Partial<BatchService>, journal: string[] = []): BatchService {
  const unexpected = (name: string) => (): never => {
    throw new Error(`unexpected call: ${name}`);
  };
  const noted = <A extends readonly unknown[], T>(name: string, call: ((...args: A) => T) | undefined) => {
    if (call === undefined) return unexpected(name);
    return (...args: A): T => {
      journal.push(typeof args[0] === 'string' ? `${name} ${args[0]}` : name);
      return call(...args);
    };
  };
  return {
    now: calls.now ?? (() => undefined),
    checkModel: noted('checkModel', calls.checkModel),
    uploadFile: noted('uploadFile', calls.uploadFile),
    getFile: noted('getFile', calls.getFile),
    listFiles: noted('listFiles', calls.listFiles),
    deleteFile: noted('deleteFile', calls.deleteFile),
    createJob: noted('createJob', calls.createJob),
    getJob: noted('getJob', calls.getJob),
    listJobs: noted('listJobs', calls.listJobs),
    cancelJob: noted('cancelJob', calls.cancelJob),
    deleteJob: noted('deleteJob', calls.deleteJob),
    downloadResult: noted('downloadResult', calls.downloadResult),
  };
}

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function failed(
  kind: FailureKind,
  more: Partial<ServiceFailure> = {},
): { readonly ok: false; readonly failure: ServiceFailure } {
  return { ok: false, failure: { kind, reason: kind.toUpperCase(), message: `it was ${kind}`, ...more } };
}

/** Gives the answers one after the other, and the last one for ever. */
export function inTurn<T>(...answers: readonly Result<T>[]): () => Promise<Result<T>> {
  let turn = 0;
  return () => {
    const answer = answers[Math.min(turn, answers.length - 1)];
    turn += 1;
    return answer === undefined ? Promise.reject(new Error('no answer')) : Promise.resolve(answer);
  };
}

export function jobSnapshot(name: string, state: JobState, more: Partial<JobSnapshot> = {}): JobSnapshot {
  return {
    name,
    displayName: undefined,
    model: undefined,
    inputFile: undefined,
    state,
    rawState: undefined,
    createdAt: undefined,
    endedAt: undefined,
    stats: undefined,
    results: state === 'succeeded' ? { kind: 'file', name: `files/results-of-${name.slice(8)}` } : undefined,
    error: undefined,
    ...more,
  };
}
