import pLimit from 'p-limit';
import { createScrubber } from '../gemini/scrub.ts';
import type { BatchService } from '../model/service.ts';
import { type Failed, failed, type McpContext } from './context.ts';
import { createJob } from './create-job.ts';
import { downloadResult } from './download-result.ts';
import { cancelJob, getJob } from './jobs.ts';
import { DEFAULT_TOOL_DEADLINES, type McpOptions } from './options.ts';
import { requireTools } from './required-tools.ts';
import { connectTools, type ToolCall, type ToolOutcome } from './tool-connection.ts';
import { uploadFile } from './upload-file.ts';

/**
 * A batch service that uploads and creates with the tools of an MCP server. With a key of ours the API
 * itself answers everything else, so that a lost create is looked up, and results are verified. Without one
 * the server is asked for jobs and results, and what it cannot do is a failure that says so.
 */
export function createMcpService(options: McpOptions): BatchService {
  const { api } = options;
  const deadlines = { ...DEFAULT_TOOL_DEADLINES, ...options.deadlines };
  const connection = connectTools(options, deadlines);
  const call = async (toolCall: ToolCall): Promise<ToolOutcome> => {
    const startedMs = performance.now();
    const outcome = await connection.call(toolCall);
    const ms = Math.round(performance.now() - startedMs);
    options.onRequest?.({ method: 'MCP', path: toolCall.tool, ms });
    return outcome;
  };
  const clean = createScrubber(options.apiKey ?? '');
  const context: McpContext = { connection, deadlines, api, clean, call };
  const named = new Set<string>();
  const writing = {
    uploadFile: ((request, signal) => uploadFile(context, request, signal)) as BatchService['uploadFile'],
    createJob: ((request) => createJob(context, request, named)) as BatchService['createJob'],
    close: () => connection.close(),
  };
  const checkTools = (signal: AbortSignal): ReturnType<typeof requireTools> =>
    requireTools(context, ['upload_file', 'batch_create'], signal);
  if (api !== undefined) {
    return {
      ...api,
      ...writing,
      checkModel: async (model, signal) => {
        const usable = await checkTools(signal);
        return usable.ok ? await api.checkModel(model, signal) : usable;
      },
    };
  }
  // A server that dies takes along what it was doing, and none of that can be looked up.
  const inTurn = pLimit(1);
  return {
    ...writing,
    createJob: (request) => inTurn(() => createJob(context, request, named)),
    listsJobs: false,
    now: () => undefined,
    // The model is the server's to know: a wrong one is refused with the first create.
    checkModel: (_model, signal) => checkTools(signal),
    // Names are chosen by the service, so none that we made up is there.
    getFile: async () => ({ ok: true, value: undefined }),
    listFiles: async () => beyond(context, 'list files'),
    deleteFile: async () => beyond(context, 'delete a file'),
    getJob: (name, signal) => getJob(context, name, signal),
    listJobs: async () => beyond(context, 'list jobs'),
    cancelJob: (name, signal) => cancelJob(context, name, signal),
    deleteJob: async () => beyond(context, 'delete a job'),
    downloadResult: (jobName, _results, toPath, signal) => downloadResult(context, jobName, toPath, signal),
  };
}

/** What no tool can do, or none that could be trusted with it. */
function beyond(context: McpContext, what: string): Failed {
  return failed(context, {
    kind: 'refused',
    reason: 'NO_API_KEY',
    message: `an MCP server cannot ${what}; put GEMINI_API_KEY=… in .env, and the API itself is asked`,
  });
}
