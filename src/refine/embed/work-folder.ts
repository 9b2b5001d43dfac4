import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BatchSubmitError } from '../../model/errors.ts';
import { writeFileAtomic } from '../../state/atomic-file.ts';
import { diskError, errnoOf } from '../../state/disk-error.ts';
import { makeFolder } from '../../state/make-folder.ts';
import type { VectorSpace } from '../vectors.ts';

/** The folder in which embeddings are asked for. All paths are absolute, and named as a run names them there. */
export interface WorkFolder {
  readonly folder: string;
  readonly batches: string;
  readonly results: string;
  readonly state: string;
  readonly log: string;
  readonly report: string;
}

export function workFolderAt(path: string): WorkFolder {
  const folder = resolve(path);
  return {
    folder,
    batches: join(folder, 'batches'),
    results: join(folder, 'batch_results'),
    state: join(folder, 'batch_submission_state.json'),
    log: join(folder, 'batch_submission_log.jsonl'),
    report: join(folder, 'batch_submission_final_report.json'),
  };
}

/** Says which vectors the folder asks for. */
const SPACE_NAME = 'space.json';
/** Lets every command work there, with `-C`. */
const SETTINGS_NAME = 'batch-submit.config.json';

/**
 * Refuses a folder that asks for other vectors: what is under way there would be taken for these.
 * @throws {BatchSubmitError} `E_RECORDS`, `E_DISK`
 */
export async function refuseOtherSpace({ folder }: WorkFolder, space: VectorSpace): Promise<void> {
  const path = join(folder, SPACE_NAME);
  let found: string;
  try {
    found = await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    throw diskError('read', path, error);
  }
  if (found === textOf(space)) return;
  throw new BatchSubmitError(
    'E_RECORDS',
    `Cannot embed with ${describeSpace(space)}: "${folder}" holds batches that ask for other vectors`,
    {
      hint: `finish those with the settings in "${path}", or put them aside with \`mv "${folder}" "${folder}.old"\``,
    },
  );
}

/** @throws {BatchSubmitError} `E_DISK` */
export async function prepareWorkFolder({ folder, batches }: WorkFolder, space: VectorSpace): Promise<void> {
  await makeFolder(batches, 'keep batches in');
  await writeFileAtomic(
    join(folder, SETTINGS_NAME),
    `${JSON.stringify({ model: space.model }, undefined, 2)}\n`,
  );
  await writeFileAtomic(join(folder, SPACE_NAME), textOf(space));
}

/** `gemini-embedding-001, SEMANTIC_SIMILARITY, 768 dimensions` */
export function describeSpace({ model, taskType, dimensions }: VectorSpace): string {
  return [model, ...(taskType === undefined ? [] : [taskType]), `${dimensions} dimensions`].join(', ');
}

function textOf({
  model,
  taskType = null,
  dimensions,
}: { readonly [Name in keyof VectorSpace]: VectorSpace[Name] | null }): string {
  return `${JSON.stringify({ model, taskType, dimensions }, undefined, 2)}\n`;
}
