import { createReadStream } from 'node:fs';
import { lstat, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createResultFile } from '../gemini/result-file.ts';
import type { DownloadedResult, Result } from '../model/service.ts';
import { failedAnswer, failedCall, type McpContext } from './context.ts';
import { requireTools } from './required-tools.ts';
import { readSaved, type SavedByTool } from './tool-answers.ts';

/** A results file can be as large as this many bytes and still be in time. */
const LARGE_RESULT = 256 * 1024 * 1024;

const NEWLINE = 0x0a;

/**
 * Lets the server save the results in a folder made for them, and takes them from there. An answer that
 * does not fit the file, or a file that is not there, is a failure and never an empty result.
 */
export async function downloadResult(
  context: McpContext,
  jobName: string,
  toPath: string,
  signal: AbortSignal,
): Promise<Result<DownloadedResult>> {
  const usable = await requireTools(context, ['batch_download_results'], signal);
  if (!usable.ok) return usable;
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'batch-submit-results-')));
  try {
    const { transferMs, bytesPerSecond } = context.deadlines;
    const outcome = await context.call({
      tool: 'batch_download_results',
      parameters: { batchName: jobName, outputLocation: folder },
      limitMs: transferMs + (LARGE_RESULT / bytesPerSecond) * 1000,
      signal,
    });
    if (outcome.kind !== 'said' || outcome.isError) return failedCall(context, 'download', outcome);
    const saved = readSaved(outcome.text, jobName);
    if (saved === undefined) return failedCall(context, 'download', outcome);
    if (!(await isFileIn(folder, saved.path)))
      return failedAnswer(context, 'download', 'the MCP server saved no results where it was told to');
    return await take(context, saved, toPath, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** True for a plain file that stands in the folder itself: a link could lead to any file of the user's. */
async function isFileIn(folder: string, path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile() && dirname(await realpath(path)) === folder;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return false;
    throw error;
  }
}

async function take(
  context: McpContext,
  { path, lines }: SavedByTool,
  toPath: string,
  signal: AbortSignal,
): Promise<Result<DownloadedResult>> {
  const file = await createResultFile(toPath);
  let isKept = false;
  try {
    let taken = 0;
    let isAtStart = true;
    for await (const chunk of createReadStream(path, { signal })) {
      const piece = chunk as Buffer; // no encoding is set
      for (const byte of piece) {
        // Empty lines are no results.
        if (byte !== NEWLINE && isAtStart) taken += 1;
        isAtStart = byte === NEWLINE;
      }
      await file.append(piece);
    }
    if (taken === 0 || (lines !== undefined && lines !== taken)) {
      const told = lines === undefined ? 'some' : String(lines);
      return failedAnswer(context, 'download', `the MCP server saved ${taken} results and speaks of ${told}`);
    }
    const result = await file.finish();
    isKept = true;
    return { ok: true, value: result };
  } finally {
    if (!isKept) await file.discard();
  }
}
