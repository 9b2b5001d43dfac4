import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BatchSubmitError } from '../model/errors.ts';
import { type AnswersFile, answersFile } from './answers-file.ts';
import type { Exchange } from './recorder.ts';

export const ANSWERS_NAME = 'probe-answers.json';

/**
 * Makes the folder before anything is paid for, and refuses one that holds something.
 * @throws {BatchSubmitError} `E_USAGE` or `E_DISK`
 */
export async function openOutput(folder: string): Promise<void> {
  try {
    await mkdir(join(folder, 'observed'), { recursive: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown fault';
    throw new BatchSubmitError('E_DISK', `Cannot write to "${folder}": ${code}`, {
      hint: 'name another folder with `--out <dir>`',
      cause: error,
    });
  }
  const held = [...(await readdir(folder)), ...(await readdir(join(folder, 'observed')))];
  if (held.some((name) => name !== 'observed')) {
    throw new BatchSubmitError('E_USAGE', `Cannot write to "${folder}": there is something in it`, {
      hint: 'name another folder with `--out <dir>`',
    });
  }
}

/** @param scrub the last net: removes the keys from whatever is written */
export async function writeOutput(
  folder: string,
  answers: AnswersFile,
  exchanges: readonly Exchange[],
  scrub: (text: string) => string,
): Promise<void> {
  const write = async (path: string, content: object): Promise<void> =>
    await writeFile(join(folder, path), scrub(`${JSON.stringify(content, undefined, 2)}\n`), { flag: 'wx' });
  // What cannot be read back is a defect of ours, and is kept all the same: it was paid for.
  const problem = answersFile.safeParse(answers).error?.issues[0];
  await write(problem === undefined ? ANSWERS_NAME : `unsound-${ANSWERS_NAME}`, answers);
  for (const { fileName, content } of exchanges) await write(join('observed', fileName), content);
  if (problem === undefined) return;
  const place = problem.path.join('.');
  throw new Error(`the answers in "${folder}" do not fit their own schema: ${place}: ${problem.message}`);
}
