import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { discoverBatches } from '../../input/discover.ts';
import { inputOf } from '../../model/batch-record.ts';
import { BatchSubmitError } from '../../model/errors.ts';
import { recordOf, type SubmissionState } from '../../model/submission-state.ts';
import { hashFile } from '../../state/hash-file.ts';
import { openRegular } from './choose-file.ts';
import type { Chunks } from './copy-to.ts';
import { keepUpload, UPLOAD_PATTERN } from './keep-upload.ts';
import type { CompatParts } from './parts.ts';

/** Which batch of the state a file is. */
export interface PlacedInput {
  readonly batch: number;
  readonly sha256: string;
  /** With these the commands find the file. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * A numbered file of the input folder is that batch, as on the command line. Every other file is copied into a
 * folder of our own and gets a number there; so does a numbered file whose batch was submitted with other content.
 * @param real absolute, links followed
 */
export async function placeFile(real: string, parts: CompatParts): Promise<PlacedInput> {
  const settings = await parts.settings();
  const state = await parts.state();
  const batch = await numberOf(real, settings);
  if (batch !== undefined) {
    const sha256 = await hashFile(real);
    const sent = inputOf(recordOf(state, batch));
    const isFree = sent === undefined || sent.sha256 === sha256 || !isInUse(state, batch);
    if (isFree) return { batch, sha256, settings: {} };
  }
  const file = await openRegular(real);
  try {
    return await placeBytes(file.createReadStream({ autoClose: false }), parts, state);
  } finally {
    await file.close();
  }
}

/** Bytes that are in no file yet. */
export async function placeBytes(
  bytes: Chunks,
  parts: CompatParts,
  state: SubmissionState,
): Promise<PlacedInput> {
  const { uploadsFolder } = parts;
  const kept = await keepUpload(uploadsFolder, bytes, (batch) => state.batches.has(batch));
  return { ...kept, settings: uploadsSettings(parts) };
}

/** Of a batch that was placed before. */
export function settingsFor(
  state: SubmissionState,
  batch: number,
  parts: CompatParts,
): PlacedInput['settings'] {
  const path = inputOf(recordOf(state, batch))?.path ?? '';
  return dirname(path) === parts.uploadsFolder ? uploadsSettings(parts) : {};
}

function uploadsSettings({ uploadsFolder }: CompatParts): PlacedInput['settings'] {
  return { input: uploadsFolder, pattern: UPLOAD_PATTERN };
}

/** True once something was sent that may have become a job. */
function isInUse(state: SubmissionState, batch: number): boolean {
  const { status } = recordOf(state, batch);
  return status !== 'pending' && status !== 'uploading' && status !== 'uploaded' && status !== 'failed';
}

async function numberOf(real: string, settings: Settings): Promise<number | undefined> {
  const { input: directory, pattern } = settings;
  try {
    if (dirname(real) !== (await realpath(directory))) return undefined;
    const { files } = await discoverBatches({ directory, pattern, selection: { kind: 'all' } });
    return files.find(({ path }) => basename(path) === basename(real))?.batch;
  } catch (error) {
    // A folder whose numbers cannot be told gives none; the file is copied like one from elsewhere.
    if (error instanceof BatchSubmitError || (error instanceof Error && 'code' in error)) return undefined;
    throw error;
  }
}
