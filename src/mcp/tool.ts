import type { z } from 'zod';
import type { CallOptions } from '../library/library-options.ts';
import type { Outcome } from '../library/run-command.ts';

/** How far a call is, for a client that asked to be told. Never goes back. */
export type TellProgress = (done: number, total: number, message: string) => void;

/** What a tool works with while it answers one call. */
export interface ToolCall {
  /** Aborted when the time of the call is over, when the client cancels it and when the server ends. */
  readonly signal: AbortSignal;
  /** True once the time of the call is over: what is left is for the next call. */
  readonly isOver: () => boolean;
  readonly progress: TellProgress;
}

/** Of one call: what the table of commands does not have, or has for all calls of a server. */
export interface EngineCall extends CallOptions {
  /** Come before the server's own, by setting name. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** Flags that the command line does not have. */
  readonly flags?: Readonly<Record<string, string | boolean>> | undefined;
}

/** Runs a command of the command line, by the names of its options in the library. */
export type RunCommand = (name: string, options: object, call?: EngineCall) => Promise<Outcome>;

/** What all calls of one server share. */
export interface ToolBox {
  readonly run: RunCommand;
  readonly now: () => Date;
  readonly limits: ServerLimits;
  readonly budget: SpendBudget;
  /** The folder of the results, as the user named it. */
  readonly output: string;
  /** @throws {BatchSubmitError} `E_USAGE` when a file that the commands would use lies outside the roots */
  readonly confine: () => Promise<void>;
}

export interface ServerLimits {
  /** A call that would create more jobs needs `confirm`. */
  readonly confirmAbove: number;
  /** Seconds that a call works, where it does not say. */
  readonly maxSeconds: number;
  /** How often a run looks at the jobs, in ms. */
  readonly pollMs: number;
}

/** Jobs that this server may still create. */
export interface SpendBudget {
  readonly left: () => number;
  readonly spend: (jobs: number) => void;
}

export interface ToolAnnotations {
  readonly readOnlyHint?: boolean;
  readonly destructiveHint?: boolean;
  readonly idempotentHint?: boolean;
}

/** What a tool comes to: `structuredContent`, which its output schema describes. */
export type ToolResult = Readonly<Record<string, unknown>>;

/** One tool, as data: the list, the checks and the call are all made from it. */
export interface Tool<Input extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly input: Input;
  readonly output: z.ZodType<ToolResult>;
  /** What the text of an error begins with, where clients read it; by default the code of the error. */
  readonly failure?: string | undefined;
  /** @throws {BatchSubmitError} what a user can act on */
  readonly run: (input: z.output<Input>, call: ToolCall, box: ToolBox) => Promise<ToolResult>;
}

/** Keeps the types of a tool's input together and forgets them after. */
export function tool<Input extends z.ZodType>(spec: Tool<Input>): Tool {
  return spec; // the server parses what comes by `input` before it calls `run`
}
