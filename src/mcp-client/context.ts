import type { CallKind } from '../gemini/classify.ts';
import type { ServiceFailure } from '../model/failure.ts';
import type { BatchService } from '../model/service.ts';
import type { ToolDeadlines } from './options.ts';
import type { ToolCall, ToolConnection, ToolOutcome } from './tool-connection.ts';
import { oddAnswer, toolFailure } from './tool-failure.ts';

/** What every call of one service needs. */
export interface McpContext {
  readonly connection: ToolConnection;
  readonly deadlines: ToolDeadlines;
  /** The API itself, where there is a key of ours. */
  readonly api: BatchService | undefined;
  /** Removes secrets and control characters from foreign text. */
  readonly clean: (text: string) => string;
  readonly call: (call: ToolCall) => Promise<ToolOutcome>;
}

export interface Failed {
  readonly ok: false;
  readonly failure: ServiceFailure;
}

/** The only way a failure leaves this room: its foreign text is scrubbed here. */
export function failed({ clean }: McpContext, failure: ServiceFailure): Failed {
  const { reason, message } = failure;
  return { ok: false, failure: { ...failure, reason: clean(reason), message: clean(message) } };
}

export function failedCall(context: McpContext, call: CallKind, outcome: ToolOutcome): Failed {
  return failed(context, toolFailure(call, outcome, context.api?.now()?.getTime() ?? Date.now()));
}

export function failedAnswer(context: McpContext, call: CallKind, what: string): Failed {
  return failed(context, oddAnswer(call, what));
}
