import type { Tool } from '@modelcontextprotocol/client';
import { BatchSubmitError } from '../model/errors.ts';
import type { Result } from '../model/service.ts';
import { failed, type McpContext } from './context.ts';

export type ToolName =
  | 'upload_file'
  | 'batch_create'
  | 'batch_get_status'
  | 'batch_download_results'
  | 'batch_cancel';

/** The parameters that each tool is called with: those without which it is another tool, and the others. */
const TOOLS: Readonly<
  Record<ToolName, { readonly needs: readonly string[]; readonly gives: readonly string[] }>
> = {
  upload_file: { needs: ['filePath'], gives: ['displayName', 'mimeType'] },
  batch_create: { needs: ['inputFileUri'], gives: ['model', 'displayName'] },
  batch_get_status: { needs: ['batchName'], gives: [] },
  batch_download_results: { needs: ['batchName', 'outputLocation'], gives: [] },
  batch_cancel: { needs: ['batchName'], gives: [] },
};

/** What a program that is not there, or may not be run, is called by the system. */
const NO_PROGRAM = /^(?:ENOENT|EACCES|EPERM|ENOEXEC|ENOTDIR)$/;

/**
 * Starts the server and looks whether it has the tools, before anything is sent.
 * @throws {BatchSubmitError} `E_CONFIG` when a tool is missing or is called in another way, or when there is
 * no such program
 */
export async function requireTools(
  context: McpContext,
  names: readonly ToolName[],
  signal: AbortSignal,
): Promise<Result<void>> {
  const opened = await context.connection.open(signal);
  if (!opened.ok) {
    const { code: reason, message } = opened;
    if (NO_PROGRAM.test(reason)) throw unusable(context.clean(`${reason}: ${message}`));
    return failed(context, { kind: 'not_sent', reason, message });
  }
  for (const name of names) {
    const fault = faultOf(name, opened.tools.get(name));
    if (fault !== undefined) throw unusable(context.clean(fault));
  }
  return { ok: true, value: undefined };
}

function faultOf(name: ToolName, tool: Tool | undefined): string | undefined {
  if (tool === undefined) return `it has no tool "${name}"`;
  const { needs, gives } = TOOLS[name];
  const { properties, required = [] } = tool.inputSchema;
  const given: ReadonlySet<string> = new Set([...needs, ...gives]);
  const wanted = required.find((parameter) => !given.has(parameter));
  if (wanted !== undefined)
    return `its tool "${name}" wants a parameter "${wanted}", which is not known here`;
  const absent = needs.find((parameter) => properties !== undefined && !Object.hasOwn(properties, parameter));
  return absent === undefined ? undefined : `its tool "${name}" takes no parameter "${absent}"`;
}

function unusable(fact: string): BatchSubmitError {
  return new BatchSubmitError('E_CONFIG', `Cannot use the MCP server: ${fact}`, {
    hint: 'name a server with the tools `upload_file` and `batch_create` with `--via-mcp "<command>"`, or leave it out to ask the API itself',
  });
}
