import type { ApiKey } from '../config/api-key.ts';
import { createScrub } from '../config/scrub.ts';
import type { Secret } from '../config/secret.ts';
import type { RequestInfo } from '../gemini/options.ts';
import { rateLimitWaitSource, type RetryPolicy } from '../model/retry-policy.ts';
import type { EventSink, RunEvent } from '../model/run-event.ts';
import type { BatchService } from '../model/service.ts';
import { BatchSubmitError } from '../model/errors.ts';
import type { RetryNotice } from '../service/retrying-service.ts';
import type { LoadedState } from '../state/load-state.ts';
import { EXIT_BY_SIGNAL, Interrupted } from './exit-codes.ts';
import type { Invocation } from './invocation.ts';
import type { Printer } from './output/printer.ts';
import { createRunProgress, type RunProgress } from './output/run-progress.ts';
import { readSettings, type CliSettings } from './settings.ts';
import { openViaMcp, orNone } from './via-mcp.ts';

/** What commands do whose names are no verbs, or none that says it: `Cannot follow the jobs: …` */
const VERBS: ReadonlyMap<string, string> = new Map([
  ['status', 'ask for the jobs'],
  ['watch', 'follow the jobs'],
  ['cleanup', 'clean up'],
]);

/** What a command works with before it may change anything. */
export interface Desk {
  readonly invocation: Invocation;
  readonly settings: CliSettings;
  readonly printer: Printer;
  /** How far the run is. */
  readonly progress: RunProgress;
  readonly policy: RetryPolicy;
  readonly signal: AbortSignal;
  /** Finds the key, once; throws when there is none. */
  readonly apiKey: () => Promise<ApiKey>;
  /** The same; `undefined` where there is none and an MCP server works with its own. */
  readonly ownKey: () => Promise<ApiKey | undefined>;
  readonly service: () => Promise<BatchService>;
  /** Reads the state as it is on disk; `undefined` where there is none. */
  readonly loadState: () => Promise<LoadedState | undefined>;
  /** Named in every event of this invocation. */
  readonly run: string;
  /** Where events go: the printer, and the log while a session is open. */
  readonly emit: EventSink;
  /** More places that events go to, before the printer. */
  readonly sinks: EventSink[];
  readonly close: () => void;
}

/** Reads the settings and sets up printing and signals; touches no file of the user's but those of the settings. */
function openDesk(invocation: Invocation, settings: CliSettings): Desk {
  const { io } = invocation;
  const run = `r-${io.clock.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}-${runSuffix(io.random)}`;
  let scrub = createScrub([]);
  const progress = createRunProgress(io.clock);
  const printer = invocation.openPrinter(
    invocation,
    run,
    (text) => scrub(text),
    () => progress.read(),
  );
  const sinks: EventSink[] = [];
  // The log comes before the screen: what a person has seen must be on disk.
  const emit = (event: RunEvent): void => {
    for (const sink of sinks) sink(event);
    progress.event(event);
    printer.event(event);
  };
  const stop = new AbortController();
  const offSignal = io.onSignal((signal) => {
    if (stop.signal.aborted) {
      // A terminal that is closed sends several, from the kernel and from the shell, and nobody is impatient.
      if (signal === 'SIGHUP') return;
      printer.close();
      io.exitNow(EXIT_BY_SIGNAL[signal]);
      return;
    }
    // Without a session nothing is under way that would have to be finished first.
    if (sinks.length > 0) emit({ event: 'interrupted', signal });
    stop.abort(new Interrupted(signal, io.argv));
  });
  const { rateLimitWaitMs, retryDelayMs, maxRetries } = settings.settings;
  const policy = { rateLimitWaitMs, retryDelayMs, maxRetries };

  let found: Promise<ApiKey> | undefined;
  const apiKey = (): Promise<ApiKey> => (found ??= findKey());
  const findKey = async (): Promise<ApiKey> => {
    const { resolveApiKey } = await import('../config/api-key.ts');
    const key = await resolveApiKey({
      given: io.apiKey,
      environment: io.env,
      envFile: settings.envFile.values,
      envFileName: settings.envFile.name,
      apiKeyFile: settings.settings.apiKeyFile,
      readStdin: () => readAll(io.stdin),
      verb: VERBS.get(invocation.command) ?? invocation.command,
    });
    scrub = createScrub([key.key]);
    for (const message of key.warnings) emit({ event: 'warning', message });
    return key;
  };
  const { viaMcp, apiKeyFile } = settings.settings;
  const isKeyNamed = apiKeyFile !== undefined || io.apiKey !== undefined;
  const ownKey = (): Promise<ApiKey | undefined> => orNone(apiKey(), viaMcp !== undefined && !isKeyNamed);
  const onRequest = (info: RequestInfo): void => printer.request?.(info);
  const openApi = async (key: Secret): Promise<BatchService> => {
    const { baseUrl } = settings.settings;
    refuseBlindTrust(io.env);
    // Loaded only by commands that call the service: they are the heaviest part of the program.
    const { createGeminiService } = await import('../gemini/gemini-service.ts');
    return createGeminiService({ apiKey: key.reveal(), baseUrl, onRequest });
  };
  const openServer = async (command: string): Promise<BatchService> => {
    const key = (await ownKey())?.key;
    const api = key === undefined ? undefined : await openApi(key);
    return await openViaMcp(command, invocation, { api, apiKey: key?.reveal(), onRequest });
  };
  const service = async (): Promise<BatchService> => {
    const { withRetries } = await import('../service/retrying-service.ts');
    const inner = viaMcp === undefined ? await openApi((await apiKey()).key) : await openServer(viaMcp);
    return withRetries(inner, {
      policy,
      clock: io.clock,
      random: io.random,
      maxWaitMs: settings.settings.maxWaitMs,
      onWait: (notice) => emit(describeWait(notice, policy, io.clock.now())),
    });
  };
  const close = (): void => {
    offSignal();
    printer.close();
  };
  return {
    invocation,
    settings,
    printer,
    progress,
    policy,
    signal: stop.signal,
    apiKey,
    ownKey,
    service,
    loadState: stateLoader(settings.settings.state, io.workFolder),
    run,
    emit,
    close,
    sinks,
  };
}

/** Sets up a desk for one command, lets it work, and tidies up whatever happens. */
export async function withDesk(
  invocation: Invocation,
  work: (desk: Desk) => Promise<number>,
): Promise<number> {
  const desk = openDesk(invocation, await readSettings(invocation));
  try {
    for (const message of desk.settings.envFile.warnings) desk.printer.event({ event: 'warning', message });
    return await work(desk);
  } finally {
    desk.close();
  }
}

/** Reads a state whose paths start from the folder that is worked in. */
export function stateLoader(path: string, workFolder: string | undefined): Desk['loadState'] {
  return async () => {
    const { loadState } = await import('../state/load-state.ts');
    return await loadState(path, workFolder);
  };
}

/** Node would then believe any certificate, and the key would go to whoever holds the wire. */
function refuseBlindTrust(env: Readonly<Record<string, string | undefined>>): void {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  throw new BatchSubmitError(
    'E_CONFIG',
    'Cannot send the API key while NODE_TLS_REJECT_UNAUTHORIZED=0 turns the check of certificates off',
    {
      hint: 'unset it; behind a proxy of your company, name its certificate with NODE_EXTRA_CA_CERTS=<file>',
    },
  );
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

/** Eight hex digits: many runs may begin in the same second. */
function runSuffix(random: () => number): string {
  return Math.floor(random() * 0x1_0000_0000)
    .toString(16)
    .padStart(8, '0');
}

/** A wait of a call that may be repeated; creates tell of theirs themselves. */
function describeWait(
  { step, failure, decision, count }: RetryNotice,
  policy: RetryPolicy,
  now: Date,
): RunEvent {
  const { reason, message } = failure;
  const { waitMs } = decision;
  if (decision.budget === 'faults')
    return { event: 'retry_wait', step, reason, message, retry: count, waitMs };
  const resumesAt = new Date(now.getTime() + waitMs).toISOString();
  const source = rateLimitWaitSource(failure, policy);
  return { event: 'rate_limited', step, reason, message, wait: count, waitMs, resumesAt, source };
}
