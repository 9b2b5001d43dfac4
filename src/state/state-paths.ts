import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { BatchRecord } from '../model/batch-record.ts';
import type { SubmissionState } from '../model/submission-state.ts';

/**
 * The state as a process sees it that works in another folder than the one its paths start from: all of them
 * absolute. The file keeps them short, so that it means the same to the command line, and after a move of the folder.
 */
export function withAbsolutePaths(state: SubmissionState, folder: string): SubmissionState {
  const entries = [...state.batches].map(([batch, record]): [number, BatchRecord] => [
    batch,
    changePaths(record, (path) => resolve(folder, path)),
  ]);
  return { ...state, batches: new Map(entries) };
}

/** The record as the file has it. */
export function withShortPaths(record: BatchRecord, folder: string): BatchRecord {
  return changePaths(record, (path) => pathFrom(folder, path));
}

/** A path below the folder as seen from it; any other stays as it is. */
export function pathFrom(folder: string, path: string): string {
  const short = relative(folder, path);
  const isOutside = short === '' || short === '..' || short.startsWith(`..${sep}`) || isAbsolute(short);
  return isOutside ? path : short;
}

interface WithPath {
  readonly path: string;
}

/** The parts of a record, or of an earlier attempt, that name files. */
interface Parts {
  readonly input?: WithPath | undefined;
  readonly saved?: WithPath | undefined;
  readonly lost?: WithPath | undefined;
}

function changePaths(record: BatchRecord, change: (path: string) => string): BatchRecord {
  const one = <T extends Parts>(parts: T): T => {
    const changed = (['input', 'saved', 'lost'] as const).flatMap((name) => {
      const part = parts[name];
      return part === undefined ? [] : [[name, { ...part, path: change(part.path) }] as const];
    });
    return { ...parts, ...Object.fromEntries(changed) };
  };
  const { earlier } = record;
  // A union's members are told apart by more than these parts, which keep their types.
  const changed = one(record as Parts) as BatchRecord;
  return earlier === undefined ? changed : { ...changed, earlier: earlier.map((attempt) => one(attempt)) };
}
