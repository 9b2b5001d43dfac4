import { readRequest } from './input-scan.ts';
import type { Job } from './job.ts';
import type { JobPhase } from './job-lifecycle.ts';
import { finishedCount } from './job-stats.ts';
import type { JsonObject } from './json.ts';
import type { Settings } from './options.ts';
import { generateResponse, respond } from './responses.ts';
import { fateOf, type LineFate } from './result-damage.ts';

export interface ItemResult {
  /** `{response}` or `{error}`. */
  readonly outcome: JsonObject;
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
  const fate = fateOf(job.seed, index, job.damage);
  if (index >= finishedCount(job, phase))
    return { outcome: rpcError(1, 'The operation was cancelled.'), fate };
  const request = readRequest(item);
  if (request === undefined) return { outcome: rpcError(3, 'The line holds no usable request.'), fate };
  if (fate.content === 'error') {
    return { outcome: rpcError(4, 'Deadline expired before operation could complete.'), fate };
  }
  const key = typeof item['key'] === 'string' ? item['key'] : undefined;
  const response = respond(settings, request, { key, index, model: job.model, kind: job.kind });
  return { outcome: { response: damageResponse(response, request, job, fate.content) }, fate };
}

function damageResponse(
  response: JsonObject,
  request: JsonObject,
  job: Job,
  content: LineFate['content'],
): JsonObject {
  if (job.kind === 'embed') return content === 'ok' ? response : {};
  const { usageMetadata, modelVersion, responseId } = response;
  switch (content) {
    case 'truncated': {
      const text = firstText(response);
      return generateResponse(request, job.model, text.slice(0, Math.ceil(text.length / 2)), 'MAX_TOKENS');
    }
    case 'blocked':
      return {
        promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
        usageMetadata,
        modelVersion,
        responseId,
      };
    case 'empty':
      return {
        candidates: [{ content: { role: 'model' }, finishReason: 'STOP', index: 0 }],
        usageMetadata,
        modelVersion,
        responseId,
      };
    case 'ok':
    case 'error':
      return response;
  }
}

/** The longest run of text in the answer, found without trusting its shape: `answer` is the caller's. */
function firstText(response: JsonObject): string {
  let found = '';
  JSON.stringify(response['candidates'], (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string' && value.length > found.length) found = value;
    return value;
  });
  return found;
}

function rpcError(code: number, message: string): JsonObject {
  return { error: { code, message } };
}
