import { BatchSubmitError } from '../model/errors.ts';
import type { RequestInfo } from '../gemini/options.ts';
import { splitCommand } from '../model/command-words.ts';
import type { BatchService } from '../model/service.ts';
import type { Invocation } from './invocation.ts';

/** Puts an MCP server before the API, or in its place where there is no key of ours. */
export async function openViaMcp(
  command: string,
  { io, version }: Pick<Invocation, 'io' | 'version'>,
  withKey: {
    readonly api: BatchService | undefined;
    readonly apiKey: string | undefined;
    readonly onRequest: (info: RequestInfo) => void;
  },
): Promise<BatchService> {
  const split = splitCommand(command);
  if (!split.ok) throw new Error(`the setting was read before, and refused: ${split.reason}`);
  const { createMcpService } = await import('../mcp-client/mcp-service.ts');
  const { env: environment, workFolder } = io;
  return createMcpService({ command: split.words, environment, workFolder, version, ...withKey });
}

/** What is looked for where a key need not be: a place that was named and holds none is still an error. */
export async function orNone<T>(key: Promise<T>, mayBeMissing: boolean): Promise<T | undefined> {
  try {
    return await key;
  } catch (error) {
    const isMissing = error instanceof BatchSubmitError && error.code === 'E_KEY_MISSING';
    if (isMissing && mayBeMissing) return undefined;
    throw error;
  }
}
