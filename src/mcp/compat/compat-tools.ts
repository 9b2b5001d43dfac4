import type { ServerOptions } from '../server-options.ts';
import type { Tool } from '../tool.ts';
import { batchStatusTool } from './batch-status.ts';
import { createBatchTool } from './create-batch.ts';
import { downloadResultsTool } from './download-results.ts';
import { cancelBatchTool, deleteBatchTool } from './end-batch.ts';
import type { CompatParts } from './parts.ts';
import { uploadFileTool } from './upload-file.ts';

/** The tools of gemini-mcp by their own names, on the commands of the command line. */
export function compatTools(
  parts: CompatParts,
  { isReadOnly, allowsDestructive }: ServerOptions,
): readonly Tool[] {
  const reading = [batchStatusTool(parts)];
  if (isReadOnly) return reading;
  const all = [uploadFileTool(parts), createBatchTool(parts), ...reading, downloadResultsTool(parts)];
  return allowsDestructive ? [...all, cancelBatchTool(parts), deleteBatchTool(parts)] : all;
}
