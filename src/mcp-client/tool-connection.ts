import type { Client, Tool } from '@modelcontextprotocol/client';
import { errorCode, errorMessage } from '../gemini/error-code.ts';
import type { NoAnswer } from '../gemini/http-exchange.ts';
import type { McpOptions, ToolDeadlines } from './options.ts';
import { createProcessTransport, type ProcessTransport } from './process-transport.ts';
import { serverEnvironment } from './server-environment.ts';

/** What came of one call of a tool. */
export type ToolOutcome =
  | { readonly kind: 'said'; readonly isError: boolean; readonly text: string }
  /** An answer that is not one text, so that nobody knows what it says. */
  | { readonly kind: 'unreadable' }
  | NoAnswer;

export interface ToolCall {
  readonly tool: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly limitMs: number;
  /** Absent for the create, which is waited for also after Ctrl-C. */
  readonly signal?: AbortSignal | undefined;
}

/** The server's tools, by name; or why there are none. */
export type Opened =
  | { readonly ok: true; readonly tools: ReadonlyMap<string, Tool> }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** One server, started at the first call, and again at the next one after it has ended. */
export interface ToolConnection {
  open(signal?: AbortSignal): Promise<Opened>;
  /** Sends the call once. */
  call(call: ToolCall): Promise<ToolOutcome>;
  close(): Promise<void>;
}

/** Longest answer that is read, in bytes of a message; of its text four million characters count. */
const LARGEST_MESSAGE = 8 * 1024 * 1024;
const LONGEST_TEXT = 4 * 1024 * 1024;

/** How a call was lost, by the SDK's words for it. */
const LOSSES: Readonly<Record<string, string>> = {
  CONNECTION_CLOSED: 'the MCP server ended',
  REQUEST_TIMEOUT: 'the MCP server did not answer in time',
};

interface Running {
  readonly client: Client;
  readonly transport: ProcessTransport;
  readonly tools: ReadonlyMap<string, Tool>;
}

export function connectTools(
  options: Pick<McpOptions, 'command' | 'environment' | 'workFolder' | 'version' | 'apiKey'>,
  deadlines: ToolDeadlines,
): ToolConnection {
  let running: Promise<Running> | undefined;
  let transport: ProcessTransport | undefined;
  let callsOut = 0;

  async function start(): Promise<Running> {
    // Loaded only by those who use it: it brings the heaviest packages after the SDK of the service.
    const { Client, ReadBuffer } = await import('@modelcontextprotocol/client');
    const [program, ...operands] = options.command;
    const environment = serverEnvironment(options.environment, options.apiKey);
    const opened = createProcessTransport(
      { program, operands, environment, workFolder: options.workFolder },
      new ReadBuffer({ maxBufferSize: LARGEST_MESSAGE }),
    );
    transport = opened;
    const client = new Client({ name: 'batch-submit', version: options.version });
    try {
      const limit = { timeout: deadlines.startMs };
      await client.connect(opened, limit);
      const { tools } = await client.listTools(undefined, limit);
      return { client, transport: opened, tools: new Map(tools.map((tool) => [tool.name, tool])) };
    } catch (error) {
      await opened.close();
      const words = opened.lastWords().trim();
      throw words === '' ? error : new ServerWords(error, words);
    }
  }

  /** Of several that find it dead, the first starts it. */
  function begin(): Promise<Running> {
    const starting = start();
    starting.catch(() => {
      if (running === starting) running = undefined;
    });
    return starting;
  }

  /** @throws whatever kept the server from starting */
  async function current(): Promise<Running> {
    const known = (running ??= begin());
    const server = await known;
    if (server.transport.isAlive()) return server;
    if (running === known) running = begin();
    return await (running ?? known);
  }

  async function connected(signal: AbortSignal | undefined): Promise<Running | NoAnswer> {
    try {
      return await orAborted(current(), signal);
    } catch (error) {
      signal?.throwIfAborted();
      return notSent(errorCode(error), `the MCP server could not be started: ${errorMessage(error)}`);
    }
  }

  return {
    open: async (signal) => {
      const server = await connected(signal);
      return 'tools' in server
        ? { ok: true, tools: server.tools }
        : { ok: false, code: server.code, message: server.message };
    },
    call: async ({ tool, parameters, limitMs, signal }) => {
      const server = await connected(signal);
      if (!('tools' in server)) return server;
      if (!server.tools.has(tool)) return notSent('NO_TOOL', `the MCP server has no tool "${tool}"`);
      callsOut += 1;
      try {
        // Not `callTool`, which in the newest protocol sends a call again on its own.
        const result = await server.client.request(
          { method: 'tools/call', params: { name: tool, arguments: parameters } },
          { timeout: limitMs, ...(signal === undefined ? {} : { signal }) },
        );
        return read(result);
      } catch (error) {
        signal?.throwIfAborted();
        // A server that kept one call waiting may keep the next: it is replaced, unless others wait for it.
        if (errorCode(error) === 'REQUEST_TIMEOUT' && callsOut === 1) await server.transport.close();
        const code = codeOf(error);
        return { kind: 'no_answer', sent: true, code, message: LOSSES[code] ?? errorMessage(error) };
      } finally {
        callsOut -= 1;
      }
    },
    close: async () => {
      await transport?.close();
    },
  };
}

/** What a server that ends at once says is mostly the reason. */
class ServerWords extends Error {
  readonly code: string;

  constructor(error: unknown, words: string) {
    super(`${errorMessage(error)}; it said: ${words}`, { cause: error });
    this.code = errorCode(error);
  }
}

interface ToolResult {
  readonly content?: unknown;
  readonly isError?: boolean | undefined;
}

function read({ content, isError }: ToolResult): ToolOutcome {
  const parts: readonly unknown[] = Array.isArray(content) ? content : [];
  const [only] = parts;
  const text = typeof only === 'object' && only !== null && 'text' in only ? only.text : undefined;
  if (parts.length !== 1 || typeof text !== 'string' || text.length > LONGEST_TEXT)
    return { kind: 'unreadable' };
  return { kind: 'said', isError: isError === true, text };
}

/** The protocol's own errors have numbers: none of them says whether the tool had begun. */
function codeOf(error: unknown): string {
  const isNumbered = error instanceof Error && 'code' in error && typeof error.code === 'number';
  return isNumbered ? 'PROTOCOL_ERROR' : errorCode(error);
}

function notSent(code: string, message: string): NoAnswer {
  return { kind: 'no_answer', sent: false, code, message };
}

/** The work goes on for those who also wait for it. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  signal.throwIfAborted();
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new Error('aborted', { cause: signal.reason }));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
