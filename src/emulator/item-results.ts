import { damageAnswer } from './damaged-answer.ts';
import { readRequest } from './input-scan.ts';
import type { Job } from './job.ts';
import type { JobPhase } from './job-lifecycle.ts';
import { finishedCount } from './job-stats.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import type { Settings } from './options.ts';
import { otherAnswer } from './other-answer.ts';
import { createRandom, hashSeed } from './random.ts';
import { respond } from './responses.ts';
import { lineFate, type LineFate } from './result-damage.ts';

export interface ItemResult {
  /** `{response}` or `{error}`. */
  readonly outcome: JsonObject;
  /** What the second copy of a `conflicting` line says instead. */
  readonly other?: JsonObject;
  /** What was decided, less the damage to the content that had no effect on this request. */
  readonly fate: LineFate;
}

/** What one request of a job came to. `item` is the input line or the inline request around it. */
export function resultOf(
  settings: Settings,
  job: Job,
  phase: JobPhase,
  item: JsonObject,
  index: number,
): ItemResult {
  const fate = lineFate(job, index);
  const without: LineFate = { ...fate, content: 'ok' };
  const isOver = index >= finishedCount(job, phase);
  const request = readRequest(item);
  if (isOver || request === undefined) {
    const outcome = isOver
      ? rpcError(1, 'The operation was cancelled.')
      : rpcError(3, 'The line holds no usable request.');
    return { outcome, other: rpcError(13, 'Internal error encountered.'), fate: without };
  }
  const key = requestKey(item) ?? undefined;
  const line = { key, index, model: job.model, kind: job.kind };
  const failure = failureOf(fate.content);
  const response = failure === undefined ? respond(settings, request, line) : undefined;
  const damaged = failure ?? spoil(fate.content, { request, response, job, index });
  const other = (): JsonObject =>
    otherAnswer(settings, request, line, response ?? respond(settings, request, line));
  return {
    outcome: damaged ?? { response },
    ...(fate.line === 'conflicting' ? { other: { response: other() } } : {}),
    fate: damaged === undefined ? without : fate,
  };
}

/** The key of an input line, or the one in the metadata of an inline request; null when there is none. */
export function requestKey(item: JsonObject): string | null {
  const metadata = item['metadata'];
  const key = item['key'] ?? (isJsonObject(metadata) ? metadata['key'] : undefined);
  return typeof key === 'string' ? key : null;
}

function failureOf(content: LineFate['content']): JsonObject | undefined {
  if (content === 'error') return rpcError(4, 'Deadline expired before operation could complete.');
  if (content === 'refused') return rpcError(3, 'Request contains an invalid argument.');
  return undefined;
}

interface Answered {
  readonly request: JsonObject;
  readonly response: JsonObject | undefined;
  readonly job: Job;
  readonly index: number;
}

function spoil(
  content: LineFate['content'],
  { request, response, job, index }: Answered,
): JsonObject | undefined {
  if (content === 'ok' || content === 'error' || content === 'refused' || response === undefined)
    return undefined;
  const random = createRandom(hashSeed(job.seed, index, 'content'));
  const damaged = damageAnswer(content, { request, response, model: job.model, kind: job.kind, random });
  return damaged === undefined ? undefined : { response: damaged };
}

function rpcError(code: number, message: string): JsonObject {
  return { error: { code, message } };
}
