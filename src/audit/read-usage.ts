import { isObject, type JsonObject } from '../input/check-line.ts';
import { NO_USAGE, type Usage } from '../model/answer.ts';
import { readField, readNumber } from './read-field.ts';

/** Tokens of one response. What is absent or odd counts 0, and nothing is ever negative. */
export function readUsage(response: JsonObject): Usage {
  const counts = readField(response, 'usageMetadata', 'usage_metadata');
  if (!isObject(counts)) {
    const prompt = tokens(readField(response, 'tokenCount', 'token_count'));
    return prompt === 0 ? NO_USAGE : { ...NO_USAGE, prompt };
  }
  const count = (name: string, snakeName: string): number => tokens(readField(counts, name, snakeName));
  return {
    // What tools brought in is read like a prompt, and paid for like one.
    prompt:
      count('promptTokenCount', 'prompt_token_count') +
      count('toolUsePromptTokenCount', 'tool_use_prompt_token_count'),
    cached: count('cachedContentTokenCount', 'cached_content_token_count'),
    answer: count('candidatesTokenCount', 'candidates_token_count'),
    thoughts: count('thoughtsTokenCount', 'thoughts_token_count'),
  };
}

function tokens(value: unknown): number {
  return Math.max(0, readNumber(value) ?? 0);
}
