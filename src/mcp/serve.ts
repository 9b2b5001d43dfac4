import { Console } from 'node:console';
import type { Writable } from 'node:stream';
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { KEY_VARIABLES } from '../config/api-key.ts';
import type { Settings } from '../config/settings.ts';
import { createScrub } from '../config/scrub.ts';
import type { CommandHandler } from '../cli/command-spec.ts';
import { EXIT } from '../cli/exit-codes.ts';
import type { Invocation } from '../cli/invocation.ts';
import { readSettings } from '../cli/settings.ts';
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
  const { settings } = await readSettings(invocation);
  const box = await openBox(invocation, options, settings);
  const secrets = KEY_VARIABLES.map((name) => invocation.io.env[name]).filter((key) => key !== undefined);
  const calls = new Set<Promise<unknown>>();
  const stop = new AbortController();
  const parts = {
    version: invocation.version,
    tools: toolsFor(options),
    box,
    files: { log: settings.log },
    stop: stop.signal,
    track: <T>(call: Promise<T>): Promise<T> => {
      calls.add(call);
      return call.finally(() => calls.delete(call));
    },
    scrub: createScrub(secrets),
    isCompat: options.compat !== undefined,
  };
  if (invocation.io.stdin.isTTY === true) {
    invocation.io.stderr.write('Serving MCP on stdin and stdout, for an agent to start; Ctrl-C ends it.\n');
  }
  await untilGone(invocation, () => createServer(parts));
  stop.abort();
  await Promise.allSettled(calls);
  return EXIT.ok;
};

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

/** Speaks the protocol on stdin and stdout until one of them is closed, or a signal asks the process to end. */
async function untilGone({ io }: Invocation, factory: Parameters<typeof serveStdio>[0]): Promise<void> {
  const [stdout, stderr] = [io.stdout, io.stderr] as unknown as [Writable, Writable]; // the process's own
  // What a library prints must not get between the messages.
  globalThis.console = new Console(stderr);
  const transport = new StdioServerTransport(io.stdin as NodeJS.ReadStream, stdout); // the process's own
  await new Promise<void>((resolve) => {
    let isEnding = false;
    io.onSignal(() => {
      if (isEnding) io.exitNow(EXIT.unexpected);
      isEnding = true;
      resolve();
    });
    serveStdio(factory, { transport, onerror: () => undefined });
    const closed = transport.onclose;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a transport is no event target
    transport.onclose = () => {
      closed?.();
      resolve();
    };
  });
}
