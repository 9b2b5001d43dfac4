import { Console } from 'node:console';
import type { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { KEY_VARIABLES, resolveApiKey } from '../config/api-key.ts';
import type { EnvFile } from '../config/env-file.ts';
import type { Secret } from '../config/secret.ts';
import type { Settings } from '../config/settings.ts';
import { createScrub } from '../config/scrub.ts';
import type { CommandHandler } from '../cli/command-spec.ts';
import { EXIT } from '../cli/exit-codes.ts';
import type { Invocation } from '../cli/invocation.ts';
import { readSettings } from '../cli/settings.ts';
import { BatchSubmitError } from '../model/errors.ts';
import { compatTools } from './compat/compat-tools.ts';
import { openCompatParts } from './compat/parts.ts';
import { findRoots, refuseOutside } from './confine.ts';
import { createEngine } from './engine.ts';
import { createServer } from './server.ts';
import { readServerOptions, type ServerOptions } from './server-options.ts';
import type { SpendBudget, Tool, ToolBox } from './tool.ts';
import { DESTRUCTIVE_TOOLS } from './tools/destructive.ts';
import { INSPECT_TOOLS } from './tools/inspect.ts';
import { REPORT_TOOLS, WRITE_REPORT_TOOLS } from './tools/report.ts';
import { COLLECT_TOOLS, SEND_TOOLS } from './tools/send.ts';

/** `batch-submit mcp`: serves until the client is gone. Calls that are under way then stop and save first. */
export const serveMcp: CommandHandler = async (invocation) => {
  const options = readServerOptions(invocation);
  // Read once before anything is served, so that a fault in them is told to whoever starts the server.
  const { settings, envFile } = await readSettings(invocation);
  const box = await openBox(invocation, options, settings);
  const calls = new Set<Promise<unknown>>();
  const stop = new AbortController();
  const parts = {
    version: invocation.version,
    tools:
      options.compat === undefined
        ? toolsFor(options)
        : compatTools(await openCompatParts(invocation, options, box), options),
    box,
    files: { log: settings.log },
    stop: stop.signal,
    track: <T>(call: Promise<T>): Promise<T> => {
      calls.add(call);
      return call.finally(() => calls.delete(call));
    },
    scrub: createScrub(await findSecrets(invocation, settings, envFile)),
    isCompat: options.compat !== undefined,
  };
  if (invocation.io.stdin.isTTY === true) {
    invocation.io.stderr.write('Serving MCP on stdin and stdout, for an agent to start; Ctrl-C ends it.\n');
  }
  const { fault, close } = await untilGone(invocation, () => createServer(parts));
  stop.abort();
  await Promise.allSettled(calls);
  // The answers of these calls are written in the same turn.
  await setImmediate();
  await close();
  if (fault !== undefined) throw fault;
  return EXIT.ok;
};

/** The key, wherever it is; a call that cannot find it says so. */
async function findSecrets(
  { io }: Invocation,
  { apiKeyFile }: Settings,
  { values }: EnvFile,
): Promise<readonly (Secret | string)[]> {
  const variables = KEY_VARIABLES.flatMap((name) => [io.env[name], values[name]]);
  const request = {
    environment: io.env,
    envFile: values,
    apiKeyFile,
    readStdin: async () => '',
    verb: 'serve',
  };
  const found = await resolveApiKey(request).catch(() => undefined);
  return [found?.key, ...variables].filter((key) => key !== undefined);
}

async function openBox(invocation: Invocation, options: ServerOptions, settings: Settings): Promise<ToolBox> {
  const { io } = invocation;
  const roots = await findRoots(io.workFolder ?? '.', options.roots);
  return {
    run: createEngine(invocation),
    now: () => io.clock.now(),
    limits: { ...options, pollMs: settings.pollMs },
    output: settings.output,
    budget: createBudget(options.maxBatches),
    confine: async () => refuseOutside((await readSettings(invocation)).settings, roots),
  };
}

function createBudget(most: number): SpendBudget {
  let spent = 0;
  return {
    left: () => most - spent,
    spend(jobs) {
      spent += jobs;
    },
  };
}

function toolsFor({ isReadOnly, allowsDestructive }: ServerOptions): readonly Tool[] {
  const reading = [...INSPECT_TOOLS, ...REPORT_TOOLS];
  if (isReadOnly) return reading;
  const all = [...reading, ...SEND_TOOLS, ...COLLECT_TOOLS, ...WRITE_REPORT_TOOLS];
  return allowsDestructive ? [...all, ...DESTRUCTIVE_TOOLS] : all;
}

interface Gone {
  /** What the client did that a server cannot go on after; `undefined` for every ordinary end. */
  readonly fault: BatchSubmitError | undefined;
  /** Lets go of stdin, which keeps the process alive. */
  readonly close: () => Promise<void>;
}

/** Speaks the protocol on stdin and stdout until one of them is closed, or a signal asks the process to end. */
async function untilGone({ io }: Invocation, factory: Parameters<typeof serveStdio>[0]): Promise<Gone> {
  const [stdout, stderr] = [io.stdout, io.stderr] as unknown as [Writable, Writable]; // the process's own
  // What a library prints must not get between the messages.
  globalThis.console = new Console(stderr);
  const transport = new StdioServerTransport(io.stdin as NodeJS.ReadStream, stdout); // the process's own
  return await new Promise((resolve) => {
    let isEnding = false;
    let fault: BatchSubmitError | undefined;
    const onerror = (error: Error): void => {
      if (error.message.includes('exceeded maximum size')) fault = tooLong(error);
    };
    const handle = serveStdio(factory, { transport, onerror });
    const end = (): void => resolve({ fault, close: () => handle.close() });
    io.onSignal(() => {
      if (isEnding) io.exitNow(EXIT.unexpected);
      isEnding = true;
      end();
    });
    const closed = transport.onclose;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a transport is no event target
    transport.onclose = () => {
      closed?.();
      end();
    };
  });
}

/** The rest of such a message cannot be told from the next one. */
function tooLong(cause: Error): BatchSubmitError {
  return new BatchSubmitError(
    'E_USAGE',
    'Cannot go on serving: the client sent a message of more than 10 MB',
    {
      hint: 'start the server again: what was begun is saved, and the next call goes on from there',
      cause,
    },
  );
}
