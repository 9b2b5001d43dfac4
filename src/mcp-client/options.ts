import type { RequestInfo } from '../gemini/options.ts';
import type { CommandWords } from '../model/command-words.ts';
import type { BatchService } from '../model/service.ts';

/** How long each call may take, in ms. Every call has a limit, so none can hang. */
export interface ToolDeadlines {
  /** From the start of the program to its list of tools; `npx` may have to fetch it first. */
  readonly startMs: number;
  /** The one create. It is not ended before: a reply that is late still names the job. */
  readonly createMs: number;
  /** Questions and wishes. */
  readonly callMs: number;
  /** An upload or a download, and beside that one second for each `bytesPerSecond`. */
  readonly transferMs: number;
  readonly bytesPerSecond: number;
}

export const DEFAULT_TOOL_DEADLINES: ToolDeadlines = {
  startMs: 60_000,
  createMs: 180_000,
  callMs: 60_000,
  transferMs: 120_000,
  bytesPerSecond: 256 * 1024,
};

export interface McpOptions {
  /** The server to start, as words: no shell reads them. */
  readonly command: Extract<CommandWords, { readonly ok: true }>['words'];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workFolder?: string | undefined;
  /** Of this program, for the server's log. */
  readonly version: string;
  /** The API itself, where there is a key of ours: it is asked about all that a server's word is not enough for. */
  readonly api: BatchService | undefined;
  /** The key of `api`: the server works with it, and no text of the server's is shown with it. */
  readonly apiKey: string | undefined;
  readonly onRequest?: ((info: RequestInfo) => void) | undefined;
  readonly deadlines?: Partial<ToolDeadlines> | undefined;
}
