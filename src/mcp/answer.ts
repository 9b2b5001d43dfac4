import type { CallToolResult } from '@modelcontextprotocol/server';
import { BatchSubmitError } from '../model/errors.ts';
import { capText } from './cap.ts';
import type { ToolResult } from './tool.ts';

/** What a tool came to, as data and, for clients that read text only, as the same data written down. */
export function answerOf(result: ToolResult, scrub: (text: string) => string): CallToolResult {
  const text = scrub(JSON.stringify(result));
  // Through text, so that the data holds no more than was looked at.
  const structuredContent = JSON.parse(text) as ToolResult; // an object was written
  return { content: [{ type: 'text', text }], structuredContent };
}

/** What stopped a call: the fact, its code, and what to do. What nobody expected says that it is a bug. */
export function answerToError(error: unknown, scrub: (text: string) => string): CallToolResult {
  const lines =
    error instanceof BatchSubmitError
      ? [
          `${error.code}: ${capText(error.message)}`,
          ...(error.hint === undefined ? [] : [`hint: ${capText(error.hint)}`]),
        ]
      : [`This is a bug in batch-submit: ${capText(error instanceof Error ? error.message : String(error))}`];
  return { content: [{ type: 'text', text: scrub(lines.join('\n')) }], isError: true };
}
