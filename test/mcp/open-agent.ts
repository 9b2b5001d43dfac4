import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { BIN, cleanEnvironment } from '../cli/run-cli.ts';

export interface AgentOptions {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Answer {
  readonly isError: boolean;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>> | undefined;
}

/** A coding agent: the official client, connected to a server of its own. */
export interface Agent {
  readonly client: Client;
  readonly pid: number;
  /** Calls of tools so far, and the bytes of text that came back. */
  readonly used: { calls: number; bytes: number };
  readonly stderr: () => string;
  readonly call: (name: string, args?: Record<string, unknown>, signal?: AbortSignal) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

/** Starts the built server as an agent would, and shakes hands with it. */
export async function openAgent(
  args: readonly string[],
  { folder, env }: AgentOptions,
  used: Agent['used'] = { calls: 0, bytes: 0 },
): Promise<Agent> {
  const variables = Object.entries({ ...cleanEnvironment(folder), ...env });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [BIN, 'mcp', ...args],
    cwd: folder,
    env: Object.fromEntries(
      variables.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const client = new Client({ name: 'agent', version: '1.0.0' });
  await client.connect(transport);
  return {
    client,
    pid: transport.pid ?? 0,
    used,
    stderr: () => stderr,
    async call(name, args_ = {}, signal) {
      used.calls += 1;
      const result = await client.callTool(
        { name, arguments: args_ },
        { timeout: 120_000, ...(signal ? { signal } : {}) },
      );
      const content = result.content as { readonly type: string; readonly text?: string }[]; // text is all we send
      const text = content.map((part) => part.text ?? '').join('\n');
      used.bytes += Buffer.byteLength(text);
      return {
        isError: result.isError === true,
        text,
        data: result.structuredContent as Answer['data'], // an object, by the schema of each tool
      };
    },
    close: () => client.close(),
  };
}
