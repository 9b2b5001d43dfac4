import type { CallToolResult } from '@modelcontextprotocol/server';
import { BatchSubmitError } from '../model/errors.ts';
import { capText } from './cap.ts';
import type { ToolResult } from './tool.ts';

/** What a tool came to, as data and, for clients that read text only, as the same data written down. */
export function answerOf(result: ToolResult, scrub: (text: string) => string): CallToolResult {
  const text = writeScrubbed(result, scrub);
  // Through text, so that the data holds no more than was looked at.
  const structuredContent = JSON.parse(text) as ToolResult; // an object was written
  return { content: [{ type: 'text', text }], structuredContent };
}

/** JSON whose values are clean one by one: what is replaced in written JSON can break its escapes. */
export function writeScrubbed(value: object, scrub: (text: string) => string): string {
  return JSON.stringify(value, (_name, part: unknown) => (typeof part === 'string' ? scrub(part) : part));
}

/** The same as `answerOf` for clients that read one text and nothing else. */
export function answerAsText(result: ToolResult, scrub: (text: string) => string): CallToolResult {
  return { content: [{ type: 'text', text: writeScrubbed(result, scrub) }] };
}

/**
 * What stopped a call, as its answer.
 * @param failure what the text begins with in place of the code
 */
export function answerToError(
  error: unknown,
  scrub: (text: string) => string,
  failure?: string,
): CallToolResult {
  return { content: [{ type: 'text', text: describeError(error, scrub, failure) }], isError: true };
}

/** The fact, its code, and what to do. What nobody expected says that it is a bug. */
export function describeError(error: unknown, scrub: (text: string) => string, failure?: string): string {
  if (!(error instanceof BatchSubmitError)) {
    const message = error instanceof Error ? error.message : String(error);
    const start = failure === undefined ? '' : `${failure}: `;
    return scrub(`${start}This is a bug in batch-submit: ${capText(message)}`);
  }
  const { code, message, hint } = error;
  return scrub(
    `${failure ?? code}: ${capText(message)}${hint === undefined ? '' : `\nhint: ${capText(hint)}`}`,
  );
}
