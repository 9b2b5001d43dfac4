import { isObject, type JsonObject } from '../input/check-line.ts';
import { readField } from './read-field.ts';

/** What a candidate answers, without its thoughts. */
export interface AnswerParts {
  /** All text parts joined, or `undefined` when there are none. */
  readonly text: string | undefined;
  /** A picture, a call, code: content that is no text. */
  readonly hasOther: boolean;
}

const OTHER_KINDS = [
  ['inlineData', 'inline_data'],
  ['fileData', 'file_data'],
  ['functionCall', 'function_call'],
  ['functionResponse', 'function_response'],
  ['executableCode', 'executable_code'],
  ['codeExecutionResult', 'code_execution_result'],
  ['toolCall', 'tool_call'],
  ['toolResponse', 'tool_response'],
  ['audioTranscription', 'audio_transcription'],
] as const;

export function readParts(candidate: JsonObject): AnswerParts {
  const { content } = candidate;
  const parts: unknown = isObject(content) ? content['parts'] : undefined;
  let text: string | undefined;
  let hasOther = false;
  for (const part of Array.isArray(parts) ? (parts as unknown[]) : []) {
    if (!isObject(part) || part['thought'] === true) continue;
    if (typeof part['text'] === 'string') text = (text ?? '') + part['text'];
    else hasOther ||= OTHER_KINDS.some(([name, snakeName]) => isObject(readField(part, name, snakeName)));
  }
  return { text, hasOther };
}
