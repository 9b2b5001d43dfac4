import * as z from 'zod';
import { parseJsonBody } from '../gemini/json-body.ts';
import { isJobName } from '../gemini/resource-name.ts';
import { readFile } from '../gemini/wire-file.ts';
import { readJob } from '../gemini/wire-job.ts';
import type { JobSnapshot } from '../model/job.ts';
import type { RemoteFile } from '../model/service.ts';

const text = z.string().optional().catch(undefined);

const uploaded = z.object({
  fileUri: z.string().max(2000),
  sizeBytes: z.unknown().optional(),
  state: text,
  expirationTime: text,
});
const job = z.object({
  batchName: z.string().refine((name) => isJobName(name)),
  model: text,
  state: text,
  createTime: text,
  completionTime: text,
  isComplete: z.boolean().optional().catch(undefined),
  stats: z.unknown().optional(),
  error: z.unknown().optional(),
});
const saved = z.object({
  batchName: z.string(),
  outputFile: z.string().min(1).max(10_000),
  resultCount: z.number().int().nonnegative().optional().catch(undefined),
});

/** The file that `upload_file` tells of; undefined without a usable name and size. */
export function readUploaded(answer: string): RemoteFile | undefined {
  const parsed = read(uploaded, answer);
  const name = /(?:^|\/)(files\/[\w-]{1,128})$/.exec(parsed?.fileUri ?? '')?.[1];
  if (parsed === undefined || name === undefined) return undefined;
  const { fileUri: uri, sizeBytes, state, expirationTime } = parsed;
  return readFile({ name, uri, sizeBytes, state, expirationTime })?.file;
}

/**
 * The job that `batch_create` or `batch_get_status` tells of; undefined without a usable name. Its display
 * name is left out: a server that drops ours answers with one that somebody invented.
 */
export function readToolJob(answer: string, clean: (text: string) => string): JobSnapshot | undefined {
  const parsed = read(job, answer);
  if (parsed === undefined) return undefined;
  const { batchName: name, model, state, createTime, completionTime, isComplete, stats, error } = parsed;
  const metadata = { model, state, createTime, endTime: completionTime, batchStats: stats };
  return readJob({ name, metadata, done: isComplete, error: error ?? undefined }, clean);
}

export interface SavedByTool {
  readonly path: string;
  /** How many results the server says it wrote. */
  readonly lines: number | undefined;
}

/** The file that `batch_download_results` wrote for this job; undefined when it does not say. */
export function readSaved(answer: string, jobName: string): SavedByTool | undefined {
  const parsed = read(saved, answer);
  if (parsed === undefined || parsed.batchName !== jobName) return undefined;
  return { path: parsed.outputFile, lines: parsed.resultCount };
}

function read<T>(schema: z.ZodType<T>, answer: string): T | undefined {
  const body = parseJsonBody(answer);
  return body.ok ? schema.safeParse(body.value).data : undefined;
}
