import type { Answer } from './open-agent.ts';

/** What a script reads out of an answer: its one text, as JSON. */
export function read(answer: Answer): Record<string, unknown> {
  if (answer.isError) throw new Error(answer.text);
  return JSON.parse(answer.text) as Record<string, unknown>; // written by the server
}
