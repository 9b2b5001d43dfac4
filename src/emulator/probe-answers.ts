import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { BatchSubmitError } from '../model/errors.ts';
import type { InferredBehaviour } from './inferred.ts';
import type { EmulatorOptions } from './options.ts';

/** The options that a probe of the live service can settle. */
export type AnsweredOptions = Partial<InferredBehaviour> &
  Pick<
    EmulatorOptions,
    | 'absentFileStatus'
    | 'inputMustOutlive'
    | 'listLagMs'
    | 'listNeedsPageSize'
    | 'ranges'
    | 'resultTtlMs'
    | 'sessionTtlMs'
  >;

const flag = z.boolean().exactOptional();
const count = z.int().nonnegative().exactOptional();

/** The member `emulator` of a file of answers. An option nobody knows is an error, not a detail. */
export const answeredOptions: z.ZodType<AnsweredOptions> = z.strictObject({
  absentFileStatus: z.literal([400, 403, 404]).exactOptional(),
  countsAtCreate: flag,
  deletedInput: z.enum(['refused', 'job_fails', 'runs']).exactOptional(),
  displayNameText: z.enum(['verbatim', 'changed', 'refused']).exactOptional(),
  downloadEtag: z.enum(['strong', 'weak', 'none']).exactOptional(),
  downloadLength: flag,
  inputMustOutlive: flag,
  listDefaultPageSize: z.int().positive().exactOptional(),
  listLagMs: count,
  listMaxPageSize: z.int().positive().exactOptional(),
  listNeedsPageSize: flag,
  listOrder: z.enum(['newest_first', 'oldest_first']).exactOptional(),
  listOversize: z.enum(['lowered', 'refused']).exactOptional(),
  longestDisplayName: z.int().positive().exactOptional(),
  missingFileStatus: z.literal([403, 404]).exactOptional(),
  nameConflict: z.enum(['start_409', 'end_409', 'end_200', 'none']).exactOptional(),
  namesReusable: flag,
  otherKeySees: z.enum(['all', 'list', 'get', 'nothing']).exactOptional(),
  queryAfterFinal: z.enum(['file', 'bare', 'gone']).exactOptional(),
  ranges: flag,
  resultTtlMs: count,
  resultsEndWithJob: flag,
  sessionTtlMs: count,
  sha256Form: z.enum(['base64_of_hex', 'base64_of_bytes', 'hex', 'absent']).exactOptional(),
});

const answersFile = z.object({ schemaVersion: z.literal(1), emulator: answeredOptions });

/**
 * Reads what a probe found out, from its `probe-answers.json`.
 * @throws {BatchSubmitError} `E_CONFIG` when the file is none
 */
export async function readAnsweredOptions(path: string): Promise<AnsweredOptions> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown fault';
    throw unusable(path, code === 'ENOENT' ? 'it does not exist' : code, error);
  });
  const parsed = answersFile.safeParse(parseJson(text, path));
  if (parsed.success) return parsed.data.emulator;
  const issue = parsed.error.issues[0];
  throw unusable(path, `"${issue?.path.join('.') ?? ''}" is wrong: ${issue?.message ?? ''}`, undefined);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unusable(path, 'it is not JSON', error);
  }
}

function unusable(path: string, fact: string, cause: unknown): BatchSubmitError {
  return new BatchSubmitError('E_CONFIG', `Cannot use the answers in "${path}": ${fact}`, {
    hint: 'name the `probe-answers.json` that `npm run probe` wrote',
    cause,
  });
}
